/**
 * The running clock, by the server's time: the offset is taken once from <meta name="server-time">.
 *
 *   [data-deadline="ISO"] with [data-deadline-left] inside   keeps "còn 2 giờ 05 phút" current and sets
 *       data-near (under an hour) or data-past; optional data-deadline-label names it in the message
 *   time[data-clock]   shows the minute in Vietnam
 *
 * When a deadline passes while the page is open, one message says so in #messages and the event
 * "parc:deadline" is sent. The clock decides nothing: the server compares.
 */
const meta = document.querySelector('meta[name="server-time"]');
const offset = meta ? Date.parse(meta.content) - Date.now() : 0;
const vietnam = new Intl.DateTimeFormat("vi-VN", {
  timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit",
  year: "numeric", hourCycle: "h23",
});
const two = (number) => String(number).padStart(2, "0");

const stamp = (milliseconds) => {
  const part = Object.fromEntries(vietnam.formatToParts(milliseconds).map((p) => [p.type, p.value]));
  return `${part.hour}:${part.minute} ${part.day}/${part.month}/${part.year}`;
};

const words = (milliseconds) => {
  const seconds = Math.floor(milliseconds / 1000);
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days) return `còn ${days} ngày ${hours} giờ`;
  if (hours) return `còn ${hours} giờ ${two(minutes)} phút`;
  return `còn ${minutes} phút ${two(seconds % 60)} giây`;
};

const announce = (element) => {
  const place = document.querySelector("#messages");
  const label = element.dataset.deadlineLabel || "Thời hạn";
  const note = document.createElement("div");
  note.className = "note tone-warn";
  const body = document.createElement("div");
  body.className = "note__body";
  body.textContent =
    `${label} vừa hết lúc ${stamp(Date.parse(element.dataset.deadline))}. Nội dung đã lưu vẫn được tính;`
    + " nội dung chưa lưu vẫn còn trên trang này để ông/bà chép lại.";
  note.append(document.createElement("span"), body);
  place?.append(note);
  element.dispatchEvent(new CustomEvent("parc:deadline", { bubbles: true }));
};

const tick = () => {
  const now = Date.now() + offset;
  for (const element of document.querySelectorAll("[data-deadline]")) {
    const left = Date.parse(element.dataset.deadline) - now;
    const place = element.querySelector("[data-deadline-left]");
    const text = left > 0 ? words(left) : "đã hết hạn";
    if (place && place.textContent !== text) place.textContent = text;
    element.toggleAttribute("data-near", left > 0 && left < 3_600_000);
    if (left <= 0 && element.dataset.deadlineSeen) announce(element);
    element.toggleAttribute("data-past", left <= 0);
    if (left > 0) element.dataset.deadlineSeen = "1";
    else delete element.dataset.deadlineSeen;
  }
  for (const clock of document.querySelectorAll("time[data-clock]")) {
    const text = stamp(now);
    if (clock.textContent !== text) clock.textContent = text;
  }
};

tick();
window.setInterval(tick, 1000);
