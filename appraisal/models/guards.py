"""Database triggers: what must hold even against raw SQL, on SQLite and on PostgreSQL.

- the audit trail, the history of marks, moves and consolidations are append-only;
- once a round is approved nothing that counts in it may change;
- a criteria set is frozen when its round opens;
- a mark never exceeds its criterion's maximum.

Installed after every `migrate` (SQLite loses the triggers of a table that a migration rebuilds),
see `appraisal.apps`. On PostgreSQL the trigger takes the round's row FOR SHARE, so that a write
and an approval cannot pass each other.
"""

from __future__ import annotations

import re

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = (
    "appraisal_event",
    "appraisal_statechange",
    "appraisal_markchange",
    "appraisal_consolidation",
    "appraisal_result",
)

# table -> SQL of the round's id, of a row named {row}
SEALED = {
    "appraisal_mark": "(SELECT round_id FROM appraisal_dossier WHERE id = {row}.dossier_id)",
    "appraisal_citation": "(SELECT round_id FROM appraisal_dossier WHERE id = {row}.dossier_id)",
    "appraisal_ruling": "(SELECT round_id FROM appraisal_dossier WHERE id = {row}.dossier_id)",
    "appraisal_explanationrequest": (
        "(SELECT round_id FROM appraisal_dossier WHERE id = {row}.dossier_id)"
    ),
    "appraisal_explanation": (
        "(SELECT d.round_id FROM appraisal_dossier d"
        " JOIN appraisal_explanationrequest q ON q.dossier_id = d.id"
        " WHERE q.id = {row}.request_id)"
    ),
    "appraisal_extension": "(SELECT round_id FROM appraisal_dossier WHERE id = {row}.dossier_id)",
    "appraisal_dossier": "{row}.round_id",
    "appraisal_gradeband": "{row}.round_id",
    "appraisal_window": "{row}.round_id",
    "appraisal_criteriaset": "{row}.round_id",
}

SEALED_MESSAGE = "parc: the round is approved, nothing that counts may change"
APPEND_MESSAGE = "parc: this table is append-only"
FROZEN_MESSAGE = "parc: the criteria set is frozen"
MAXIMUM_MESSAGE = "parc: points exceed the maximum of the criterion"
ROUND_MESSAGE = "parc: an approved round may only be published"

# What an approved round may still change: its state, to published.
ROUND_COLUMNS = (
    "jurisdiction_id",
    "year",
    "name",
    "appraisals",
    "not_applicable_method",
    "own_agency_policy",
    "tie_rule",
    "display_decimals",
    "agencies_see",
    "bonus_max",
    "penalty_max",
    "opened_at",
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every guard anew. Idempotent."""
    remove(connection)
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def names(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """The triggers that `install` creates."""
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    return frozenset(
        found.group(1)
        for statement in statements
        if (found := re.match(r"\s*CREATE TRIGGER (\w+)", statement))
    )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard: before SQLite rebuilds tables, and before tests empty them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
                " WHERE tgname LIKE 'guard\\_%%' AND NOT tgisinternal"
            )
            for name, table in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%%'"
                " ESCAPE '\\'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')


def _operations(table: str) -> list[tuple[str, str]]:
    """The operations to guard on a table, each with the row that names its round."""
    if table == "appraisal_dossier":
        return [("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")]
    return [("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")]


def _sqlite() -> list[str]:
    made: list[str] = []

    def guard(name: str, table: str, operation: str, condition: str, message: str) -> None:
        made.append(
            f"CREATE TRIGGER guard_{name} BEFORE {operation} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )

    for table in APPEND_ONLY:
        for operation in ("UPDATE", "DELETE"):
            guard(f"append_{table}_{operation}", table, operation, "1", APPEND_MESSAGE)
    for table, path in SEALED.items():
        for operation, row in _operations(table):
            guard(
                f"sealed_{table}_{operation}_{row}",
                table,
                operation,
                "EXISTS (SELECT 1 FROM appraisal_round WHERE state IN ('approved', 'published')"
                f" AND id = {path.format(row=row)})",
                SEALED_MESSAGE,
            )
    for operation, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        guard(
            f"frozen_criterion_{operation}",
            "appraisal_criterion",
            operation,
            "EXISTS (SELECT 1 FROM appraisal_criteriaset WHERE frozen_at IS NOT NULL"
            f" AND id = {row}.criteria_set_id)",
            FROZEN_MESSAGE,
        )
    for operation in ("INSERT", "UPDATE"):
        guard(
            f"maximum_mark_{operation}",
            "appraisal_mark",
            operation,
            "NEW.points IS NOT NULL AND NEW.points > "
            "(SELECT max_points FROM appraisal_criterion WHERE id = NEW.criterion_id)",
            MAXIMUM_MESSAGE,
        )
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in ROUND_COLUMNS)
    guard(
        "sealed_round",
        "appraisal_round",
        "UPDATE",
        "OLD.state IN ('approved', 'published')"
        f" AND (NEW.state NOT IN ('approved', 'published') OR {changed})",
        ROUND_MESSAGE,
    )
    guard(
        "sealed_round_DELETE",
        "appraisal_round",
        "DELETE",
        "OLD.state IN ('approved', 'published')",
        ROUND_MESSAGE,
    )
    return made


def _postgresql() -> list[str]:
    made: list[str] = [
        f"""
        CREATE OR REPLACE FUNCTION parc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{APPEND_MESSAGE}' USING ERRCODE = 'check_violation'; END $$
        """,
        f"""
        CREATE OR REPLACE FUNCTION parc_sealed(round_id bigint) RETURNS void
        LANGUAGE plpgsql AS $$
        DECLARE found text;
        BEGIN
            SELECT state INTO found FROM appraisal_round WHERE id = round_id FOR SHARE;
            IF found IN ('approved', 'published') THEN
                RAISE EXCEPTION '{SEALED_MESSAGE}' USING ERRCODE = 'check_violation';
            END IF;
        END $$
        """,
        f"""
        CREATE OR REPLACE FUNCTION parc_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE subject bigint;
        BEGIN
            subject := CASE WHEN TG_OP = 'INSERT' THEN NEW.criteria_set_id
                            ELSE OLD.criteria_set_id END;
            IF EXISTS (SELECT 1 FROM appraisal_criteriaset
                       WHERE id = subject AND frozen_at IS NOT NULL) THEN
                RAISE EXCEPTION '{FROZEN_MESSAGE}' USING ERRCODE = 'check_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$
        """,
        f"""
        CREATE OR REPLACE FUNCTION parc_maximum() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.points IS NOT NULL AND NEW.points >
               (SELECT max_points FROM appraisal_criterion WHERE id = NEW.criterion_id) THEN
                RAISE EXCEPTION '{MAXIMUM_MESSAGE}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """,
    ]
    made += [
        f"CREATE TRIGGER guard_append_{table} BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION parc_append_only()"
        for table in APPEND_ONLY
    ]
    for table, path in SEALED.items():
        body = "\n".join(
            f"IF TG_OP = '{operation}' THEN PERFORM parc_sealed({path.format(row=row)}); END IF;"
            for operation, row in _operations(table)
            # One look at the round's row is enough where the row cannot change its round.
            if not (operation == "UPDATE" and row == "NEW")
        )
        made.append(
            f"""
            CREATE OR REPLACE FUNCTION parc_sealed_{table}() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                {body}
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END $$
            """
        )
        made.append(
            f"CREATE TRIGGER guard_sealed_{table} BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION parc_sealed_{table}()"
        )
    made.append(
        "CREATE TRIGGER guard_frozen_criterion BEFORE INSERT OR UPDATE OR DELETE"
        " ON appraisal_criterion FOR EACH ROW EXECUTE FUNCTION parc_frozen()"
    )
    made.append(
        "CREATE TRIGGER guard_maximum_mark BEFORE INSERT OR UPDATE ON appraisal_mark"
        " FOR EACH ROW EXECUTE FUNCTION parc_maximum()"
    )
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ROUND_COLUMNS)
    made.append(
        f"""
        CREATE OR REPLACE FUNCTION parc_sealed_round() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state IN ('approved', 'published') THEN
                IF TG_OP = 'DELETE' OR NEW.state NOT IN ('approved', 'published') OR {changed}
                THEN
                    RAISE EXCEPTION '{ROUND_MESSAGE}' USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$
        """
    )
    made.append(
        "CREATE TRIGGER guard_sealed_round BEFORE UPDATE OR DELETE ON appraisal_round"
        " FOR EACH ROW EXECUTE FUNCTION parc_sealed_round()"
    )
    return made
