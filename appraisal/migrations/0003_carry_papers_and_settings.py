"""Papers made before get their round, their file and a basis; what rounds said of the decision's
head becomes the province's settings, taken from its newest round that said anything.

A paper from before carries a basis that nothing asks for any more: it stays readable and counts as
out of date, because nobody can say which settings it was made with.
"""

import hashlib

from django.db import migrations


def carry(apps, schema_editor):
    Paper = apps.get_model("appraisal", "Paper")
    PaperFile = apps.get_model("appraisal", "PaperFile")
    for paper in Paper.objects.select_related("consolidation").defer("consolidation__snapshot"):
        paper.round_id = paper.consolidation.round_id
        paper.basis = hashlib.sha256(f"paper {paper.pk} before settings".encode()).hexdigest()
        paper.save(update_fields=["round", "basis"])
        if paper.sha256:
            PaperFile.objects.create(
                paper=paper, format="pdf", sha256=paper.sha256, size=paper.size
            )
    Round = apps.get_model("appraisal", "Round")
    PaperSettings = apps.get_model("appraisal", "PaperSettings")
    LegalBasis = apps.get_model("appraisal", "LegalBasis")
    settled, based = set(), set()
    for round in Round.objects.order_by("-year", "-pk"):
        province = round.jurisdiction_id
        if province not in settled and (
            round.signer_name or round.signed_by_deputy or round.signing_form == "committee"
        ):
            settled.add(province)
            PaperSettings.objects.create(
                jurisdiction_id=province,
                kind="decision",
                issuer=round.signing_form,
                symbol="QĐ-UBND",
                on_behalf=round.signing_form == "committee",
                mode="deputy" if round.signed_by_deputy else "in_person",
                head_title="Chủ tịch",
                signer_title="Phó Chủ tịch" if round.signed_by_deputy else "",
                signer_name=round.signer_name,
            )
        lines = [line.strip() for line in round.legal_bases.splitlines() if line.strip()]
        if province not in based and lines:
            based.add(province)
            LegalBasis.objects.bulk_create(
                LegalBasis(
                    jurisdiction_id=province, position=place, text=text[:1000], kinds=["decision"]
                )
                for place, text in enumerate(lines)
            )


def restore(apps, schema_editor):
    """Back to one decision of each result with one file, and one set of settings on every round.

    The old form holds no other papers and no numbers of issue: those rows go. Their bytes stay in
    the store, and the papers can be made again.
    """
    Paper = apps.get_model("appraisal", "Paper")
    apps.get_model("appraisal", "Issue").objects.all().delete()
    kept = {}
    for paper in Paper.objects.filter(kind="decision", consolidation__isnull=False).order_by("pk"):
        kept[paper.consolidation_id] = paper.pk
    Paper.objects.exclude(pk__in=kept.values()).delete()
    PaperFile = apps.get_model("appraisal", "PaperFile")
    for file in PaperFile.objects.filter(format="pdf").select_related("paper"):
        file.paper.sha256, file.paper.size = file.sha256, file.size
        file.paper.save(update_fields=["sha256", "size"])
    Round = apps.get_model("appraisal", "Round")
    for chosen in apps.get_model("appraisal", "PaperSettings").objects.filter(kind="decision"):
        Round.objects.filter(jurisdiction=chosen.jurisdiction_id).update(
            signing_form="committee" if chosen.issuer == "committee" else "chairman",
            signed_by_deputy=chosen.mode == "deputy",
            signer_name=chosen.signer_name,
        )
    cited = {}
    for basis in apps.get_model("appraisal", "LegalBasis").objects.order_by("position", "pk"):
        if not basis.kinds or "decision" in basis.kinds:
            cited.setdefault(basis.jurisdiction_id, []).append(basis.text)
    for province, texts in cited.items():
        Round.objects.filter(jurisdiction=province).update(legal_bases="\n".join(texts))


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0002_papers_and_past_results")]

    operations = [migrations.RunPython(carry, restore)]
