/**
 * Forms that save themselves, so that nothing typed is ever lost.
 *
 *   <form data-autosave method="post" action="…">   an ordinary form with its own button; holds a hidden
 *       "version"; optional [data-autosave-notes] says where notes go (default: top of the form)
 *   [data-save-pill] inside, or [data-save-pill="form-id"] anywhere   components/save_pill.html
 *
 * A change is sent 800 ms after the last key, on leaving a field, on Ctrl+S and when the page is hidden:
 * POST of the form's fields (no files), header "X-Requested-With: fetch". Never two requests at once;
 * what changes meanwhile is sent after, the last wins. Answers, all JSON:
 *   200 {"ok": true, "version": n, "html": {selector: html}}   html becomes the inner HTML of the element
 *       (never of one that holds the focus)
 *   409 {"conflict": true, "version": n, "fields": [{name, label, mine, theirs, mine_text?, theirs_text?}], "html": {…}}
 *       both values side by side; saving rests until each is settled, then continues on version n
 *   422 {"errors": {field: [sentence]}, "html": {…}}   ("__all__" for the form)
 *   403 {"reason": sentence}                            refused; the words stay in the fields
 *   401, or a redirect                                  the session has ended; a press tries again
 * 429, 5xx and network failures try again after 2, 4, … 60 s. A stale CSRF token (403 that is not JSON)
 * is fetched anew once from the page itself.
 *
 * Until the server has acknowledged it, what was typed is kept in localStorage, by person
 * (<meta name="parc-user">) and action, seven days at most, and offered back after a reload.
 * Passwords and files are never kept. Sends "parc:saved" and "parc:conflict" on the form.
 */
const PAUSE = 800;
const PATIENCE = 20_000;
const KEPT_DAYS = 7;
const PREFIX = "parc-draft:";
const OWN = new Set(["csrfmiddlewaretoken", "version"]);
const user = document.querySelector('meta[name="parc-user"]')?.content ?? "";
const WORDS = { idle: "", saved: "Đã lưu", saving: "Đang lưu…", dirty: "Chưa lưu", failed: "Lỗi – bấm để thử lại" };

const storage = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Full or forbidden: the words are still in the fields, and leaving the page warns.
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // As above.
    }
  },
  sweep() {
    const limit = Date.now() - KEPT_DAYS * 86_400_000;
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(PREFIX) && !(storage.get(key)?.at > limit)) localStorage.removeItem(key);
      }
    } catch {
      // As above.
    }
  },
};

const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

const button = (text, act, kind = "btn-secondary") => {
  const element = make("button", `btn btn-sm ${kind}`, text);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
};

const controls = (form, name) =>
  [...form.elements].filter((element) => element.name === name && element.type !== "submit");

const values = (form) =>
  [...new FormData(form)].filter(([name, value]) => {
    const secret = controls(form, name).some((element) => element.type === "password");
    return typeof value === "string" && !OWN.has(name) && !secret;
  }).map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]);

const setValue = (form, name, value) => {
  const wanted = (Array.isArray(value) ? value : [value ?? ""]).map(String);
  for (const element of controls(form, name)) {
    if (element.type === "checkbox" || element.type === "radio") {
      element.checked = wanted.includes(element.value) || (value === true && element.type === "checkbox");
    } else if (element.multiple && element.options) {
      for (const option of element.options) option.selected = wanted.includes(option.value);
    } else {
      element.value = wanted[0];
    }
  }
};

const say = (value) => {
  if (Array.isArray(value)) return value.join(", ");
  if (value === true) return "có";
  if (value === false) return "không";
  return value === null || value === undefined || value === "" ? "(để trống)" : String(value);
};

const applyHtml = (parts) => {
  for (const [selector, html] of Object.entries(parts ?? {})) {
    const element = document.querySelector(selector);
    if (element && !element.contains(document.activeElement)) {
      element.innerHTML = html;
      window.htmx?.process(element);
    }
  }
};

class Saver {
  constructor(form) {
    this.form = form;
    this.key = `${PREFIX}${user}:${new URL(form.action, location.href).pathname}`;
    this.acknowledged = JSON.stringify(values(form));
    this.timer = 0;
    this.failures = 0;
    this.running = null;
    this.again = false;
    this.resting = false; // a conflict waits for a person
    this.leaving = false;
    this.rest = "saved"; // "idle" while nothing was ever saved: then the pill stays away
    if (this.pills().some((pill) => pill.dataset.state === "idle")) this.rest = "idle";
    this.offer();
  }

  get content() { return JSON.stringify(values(this.form)); }
  get dirty() { return this.content !== this.acknowledged; }

  pills() {
    const id = this.form.id;
    const pills = [...this.form.querySelectorAll("[data-save-pill]")];
    if (id) pills.push(...document.querySelectorAll(`[data-save-pill="${CSS.escape(id)}"]`));
    return [...new Set(pills)];
  }

  show(state, words) {
    for (const pill of this.pills()) {
      pill.dataset.state = state;
      const text = words ?? WORDS[state];
      pill.querySelector("[data-save-text]").textContent = text;
      const live = pill.querySelector("[role=status]");
      if (live && state !== "dirty" && live.textContent !== text) live.textContent = text;
    }
  }

  note(kind, tone, text, ...rest) {
    this.clear(kind);
    const box = make("div", `note tone-${tone} autosave-note`);
    box.dataset.note = kind;
    box.setAttribute("role", "alert");
    const body = make("div", "note__body");
    body.append(make("p", "mb-1", text), ...rest);
    box.append(make("span"), body);
    (this.form.querySelector("[data-autosave-notes]") ?? this.form).prepend(box);
    return box;
  }

  clear(...kinds) {
    for (const kind of kinds) this.form.querySelector(`[data-note="${kind}"]`)?.remove();
  }

  keep() {
    const fields = values(this.form);
    storage.set(this.key, { at: Date.now(), fields });
  }

  changed(soon = false) {
    if (!this.dirty) {
      if (!this.running && !this.resting && !this.failures) {
        window.clearTimeout(this.timer);
        storage.drop(this.key);
        this.show(this.rest);
      }
      return;
    }
    this.keep();
    if (this.resting) return;
    if (this.running) {
      this.again = true;
      return;
    }
    if (!this.failures) this.show("dirty");
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), soon ? 0 : PAUSE);
  }

  /** Sends what is there now; the promise ends when nothing more is under way. */
  async save() {
    window.clearTimeout(this.timer);
    if (this.resting) return;
    if (this.running) {
      this.again = true;
      await this.running;
      return;
    }
    if (!this.dirty) return;
    this.running = this.post();
    await this.running;
    this.running = null;
    if (this.again) {
      this.again = false;
      if (!this.failures) await this.save();
    }
  }

  async post(tokenIsFresh = false) {
    this.show("saving");
    const sent = this.content;
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
    let response;
    let answer = null;
    try {
      response = await fetch(this.form.action, {
        method: "POST",
        body: data,
        redirect: "manual",
        credentials: "same-origin",
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      if ((response.headers.get("Content-Type") ?? "").includes("json")) answer = await response.json();
    } catch {
      this.retryLater("Không nối được với máy chủ. Nội dung ông/bà gõ vẫn còn ở đây; hệ thống sẽ tự thử lại.");
      return;
    }
    const { status } = response;
    if (response.ok && answer?.ok) this.saved(sent, answer);
    else if (status === 409 && answer) this.conflict(answer);
    else if (status === 422 && answer) this.invalid(answer);
    else if (status === 403 && !answer && !tokenIsFresh && (await this.freshToken())) await this.post(true);
    else if (status === 403) {
      this.failed(answer?.reason ?? "Chưa được phép lưu lúc này. Nội dung ông/bà gõ vẫn còn ở đây để chép lại.");
    } else if (status === 401 || response.type === "opaqueredirect" || (response.ok && !answer)) {
      this.failed("Phiên đã hết, mở đăng nhập ở thẻ khác rồi bấm thử lại. Nội dung ông/bà gõ vẫn còn ở đây.");
    } else if (status === 429 || status >= 500) {
      const wait = Number(response.headers.get("Retry-After")) * 1000;
      this.retryLater("Máy chủ chưa nhận được. Nội dung ông/bà gõ vẫn còn ở đây; hệ thống sẽ tự thử lại.", wait);
    } else {
      this.failed("Máy chủ không nhận nội dung này. Tải lại trang; nội dung ông/bà gõ sẽ được đưa lại.");
    }
  }

  saved(sent, answer) {
    this.acknowledged = sent;
    this.failures = 0;
    this.rest = "saved";
    this.version(answer.version);
    this.clear("failure", "conflict");
    this.errors({});
    applyHtml(answer.html);
    if (this.dirty) {
      this.keep();
      this.again = true;
      this.show("dirty");
    } else {
      storage.drop(this.key);
      this.show("saved");
    }
    this.form.dispatchEvent(new CustomEvent("parc:saved", { bubbles: true, detail: answer }));
  }

  version(number) {
    const field = this.form.elements.namedItem("version");
    if (field && number !== undefined && number !== null) field.value = number;
  }

  failed(sentence) {
    this.failures += 1;
    this.show("failed");
    this.note("failure", "bad", sentence);
  }

  retryLater(sentence, wait = 0) {
    this.failed(sentence);
    window.clearTimeout(this.timer);
    const delay = Math.max(wait || 0, Math.min(60_000, 2000 * 2 ** (this.failures - 1)));
    this.timer = window.setTimeout(() => this.save(), delay);
  }

  /** After a new sign-in in another tab the token of this page is stale: read it from a fresh copy. */
  async freshToken() {
    try {
      const response = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
      if (!response.ok) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector("input[name=csrfmiddlewaretoken]")?.value;
      if (!token) return false;
      for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
      return true;
    } catch {
      return false;
    }
  }

  errors(byField) {
    for (const place of this.form.querySelectorAll("[data-autosave-error]")) place.remove();
    for (const field of this.form.querySelectorAll("[aria-invalid=true]")) {
      field.removeAttribute("aria-invalid");
      const rest = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.endsWith("_error"));
      if (rest.length) field.setAttribute("aria-describedby", rest.join(" "));
      else field.removeAttribute("aria-describedby");
    }
    for (const list of this.form.querySelectorAll(".errorlist")) list.remove();
    for (const [name, sentences] of Object.entries(byField)) {
      const field = controls(this.form, name)[0];
      if (!field) continue;
      const place = make("ul", "errorlist");
      place.id = `${field.id || `field_${name}`}_error`;
      place.dataset.autosaveError = name;
      place.append(...sentences.map((sentence) => make("li", "", sentence)));
      (field.closest(".field, .tiers, fieldset") ?? field.parentElement).append(place);
      for (const control of controls(this.form, name)) {
        control.setAttribute("aria-invalid", "true");
        const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
        control.setAttribute("aria-describedby", [...ids, place.id].join(" "));
      }
    }
  }

  invalid(answer) {
    this.failures = 0;
    this.clear("failure");
    const errors = answer.errors ?? {};
    this.errors(errors);
    applyHtml(answer.html);
    this.show("failed", "Chưa lưu – xem ô báo lỗi");
    const loose = Object.entries(errors).filter(([name]) => !controls(this.form, name).length).flatMap(([, list]) => list);
    if (loose.length) this.note("failure", "bad", loose.join(" "));
  }

  conflict(answer) {
    this.failures = 0;
    this.resting = true;
    this.again = false;
    this.version(answer.version);
    this.clear("failure");
    this.errors({});
    applyHtml(answer.html);
    const open = new Set(answer.fields.map((field) => field.name));
    const names = answer.fields.map((field) => `“${field.label}”`).join(", ");
    if (!open.size) {
      this.resting = false;
      this.again = true;
      return;
    }
    this.show("failed", "Chưa lưu – chọn giá trị giữ lại");
    const table = make("table", "versus");
    table.append(make("caption", "visually-hidden", "Giá trị của ông/bà và của người kia"));
    const head = make("tr");
    for (const text of ["Ô", "Của tôi", "Của người kia"]) {
      const cell = make("th", "", text);
      cell.scope = "col";
      head.append(cell);
    }
    table.append(make("thead"), make("tbody"));
    table.tHead.append(head);
    for (const field of answer.fields) {
      const frame = controls(this.form, field.name)[0]?.closest(".field, .tiers, fieldset");
      frame?.classList.add("is-conflicted");
      const row = make("tr");
      const name = make("th", "", field.label);
      name.scope = "row";
      const mine = make("td", "", field.mine_text ?? say(field.mine));
      const theirs = make("td", "", field.theirs_text ?? say(field.theirs));
      const settle = (chosen) => {
        if (chosen) setValue(this.form, field.name, field.theirs);
        frame?.classList.remove("is-conflicted");
        row.classList.add("is-settled");
        for (const cell of [mine, theirs]) cell.querySelector("div").remove();
        (chosen ? theirs : mine).append(make("div", "fw-semibold", "✓ Đã chọn"));
        open.delete(field.name);
        if (!open.size) this.resume();
        else box.querySelector("button")?.focus();
      };
      const keepMine = make("div", "mt-1");
      keepMine.append(button("Giữ của tôi", () => settle(false)));
      const takeTheirs = make("div", "mt-1");
      takeTheirs.append(button("Lấy của người kia", () => settle(true)));
      keepMine.firstChild.setAttribute("aria-label", `Giữ của tôi: ${field.label}`);
      takeTheirs.firstChild.setAttribute("aria-label", `Lấy của người kia: ${field.label}`);
      mine.append(keepMine);
      theirs.append(takeTheirs);
      row.append(name, mine, theirs);
      table.tBodies[0].append(row);
    }
    const box = this.note(
      "conflict", "warn",
      `Người khác đã lưu nội dung này sau khi ông/bà mở trang. Chưa lưu: ${names}. Chọn giá trị giữ lại cho từng ô.`,
      table,
    );
    box.scrollIntoView({ block: "nearest" });
    this.form.dispatchEvent(new CustomEvent("parc:conflict", { bubbles: true, detail: answer }));
  }

  resume() {
    this.resting = false;
    this.clear("conflict");
    // What the person chose is sent even where it equals what was last acknowledged.
    this.acknowledged = "";
    this.keep();
    this.save();
  }

  offer() {
    const kept = storage.get(this.key);
    if (!kept?.fields) return;
    if (JSON.stringify(kept.fields) === this.acknowledged) {
      storage.drop(this.key);
      return;
    }
    const part = Object.fromEntries(new Intl.DateTimeFormat("vi-VN", {
      timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", hourCycle: "h23",
    }).formatToParts(kept.at).map(({ type, value }) => [type, value]));
    const when = `${part.hour}:${part.minute} ngày ${part.day}/${part.month}`;
    const choices = make("div", "row-flex");
    choices.append(
      button("Đưa lại vào biểu mẫu", () => {
        const names = new Set([...values(this.form), ...kept.fields].map(([name]) => name));
        for (const name of names) {
          setValue(this.form, name, kept.fields.filter(([key]) => key === name).map(([, value]) => value));
        }
        this.clear("offer");
        this.changed(true);
      }, "btn-primary"),
      button("Bỏ nội dung đó", () => {
        storage.drop(this.key);
        this.clear("offer");
      }),
    );
    this.note("offer", "info", `Ông/bà có nội dung gõ lúc ${when} chưa kịp lưu.`, choices);
  }
}

const savers = new Map();
const saverOf = (target) => {
  const form = (target.form ?? target)?.closest?.("form[data-autosave]");
  if (!form) return null;
  if (!savers.has(form)) savers.set(form, new Saver(form));
  return savers.get(form);
};
const find = (root) => root.querySelectorAll?.("form[data-autosave]").forEach(saverOf);

storage.sweep();
find(document);
document.addEventListener("htmx:load", (event) => {
  saverOf(event.target);
  find(event.target);
});

document.addEventListener("input", (event) => saverOf(event.target)?.changed());
document.addEventListener("change", (event) => saverOf(event.target)?.changed(event.target.type !== "file"));

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  const active = saverOf(document.activeElement);
  const waiting = active ? [active] : [...savers.values()].filter((saver) => saver.form.isConnected);
  if (!waiting.length) return;
  event.preventDefault();
  waiting.forEach((saver) => saver.save());
});

document.addEventListener("click", (event) => {
  const pill = event.target.closest("[data-save-pill]");
  if (!pill) return;
  saverOf(document.getElementById(pill.dataset.savePill) ?? pill)?.save();
});

// A press of the form's own button goes the ordinary way, after what is under way has ended: two
// requests with the same version would make a person collide with himself.
document.addEventListener("submit", (event) => {
  const saver = saverOf(event.target);
  if (!saver) return;
  if (saver.resting) {
    event.preventDefault();
    saver.form.querySelector('[data-note="conflict"] button')?.focus();
    return;
  }
  window.clearTimeout(saver.timer);
  if (saver.running) {
    event.preventDefault();
    const { submitter } = event;
    saver.again = false;
    saver.running.then(() => saver.resting || saver.form.requestSubmit(submitter));
    return;
  }
  if (saver.dirty) saver.keep();
  saver.leaving = true;
});

window.addEventListener("pageshow", () => savers.forEach((saver) => { saver.leaving = false; }));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") savers.forEach((saver) => saver.form.isConnected && saver.save());
});
window.addEventListener("beforeunload", (event) => {
  for (const saver of savers.values()) {
    if (saver.form.isConnected && !saver.leaving && (saver.running || saver.dirty)) {
      saver.save();
      event.preventDefault();
    }
  }
});
