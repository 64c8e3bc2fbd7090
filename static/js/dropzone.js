/**
 * Files dropped, pasted or chosen, each sent by itself with its own progress.
 *
 *   [data-dropzone][data-url]   inside a multipart <form> with an <input type=file name=…>
 *   data-max-bytes, data-max-text="25 MB"   refused here already, with a sentence (the server decides)
 *   data-results="#id"          where the server's rows go (default: the zone's own list)
 *   [data-dropzone-list]        the progress rows; [data-dropzone-send] is hidden, it serves no-script
 *
 * Each file is a POST (X-Requested-With: fetch) of the form's other fields and this one file, one at a
 * time. Answer 2xx {"ok": true, "html": "<row>"}; anything else {"error": "câu"}; "html" is trusted
 * server output. A file that failed keeps a "Thử lại" button. Sends the event "parc:uploaded" (detail:
 * the answer). Leaving the page during an upload asks first.
 */
const queue = [];
let busy = false;

const sentence = (status) => ({
  0: "Không nối được với máy chủ. Kiểm tra mạng rồi bấm thử lại.",
  401: "Phiên đã hết. Mở đăng nhập ở thẻ khác rồi bấm thử lại.",
  403: "Chưa được phép tải tệp lên lúc này. Tải lại trang để xem lý do.",
  413: "Tệp lớn hơn mức cho phép.",
  429: "Quá nhiều tệp trong thời gian ngắn. Chờ một phút rồi bấm thử lại.",
})[status] ?? "Máy chủ chưa nhận được tệp này. Bấm thử lại.";

const addRow = (zone, file) => {
  const row = document.createElement("li");
  row.className = "upload-row";
  const name = document.createElement("span");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", `Đang tải ${file.name}`);
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  row.append(name, bar, status);
  zone.querySelector("[data-dropzone-list]").append(row);
  return { row, bar, status };
};

const fail = (job, text, again) => {
  job.row.classList.add("is-failed");
  job.bar.hidden = true;
  job.status.textContent = text;
  if (!again) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary btn-sm";
  button.textContent = "Thử lại";
  button.addEventListener("click", () => {
    button.remove();
    job.row.classList.remove("is-failed");
    job.bar.hidden = false;
    job.status.textContent = "";
    queue.push(job);
    next();
  });
  job.row.append(button);
};

const finish = (job, request) => {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    answer = {};
  }
  if (request.status >= 200 && request.status < 300 && answer.ok) {
    job.row.remove();
    const place = job.zone.dataset.results ? document.querySelector(job.zone.dataset.results) : null;
    if (answer.html) {
      const target = place ?? job.zone.querySelector("[data-dropzone-list]");
      target.insertAdjacentHTML("beforeend", target.matches("ul, ol") && !/^\s*<li/.test(answer.html) ? `<li>${answer.html}</li>` : answer.html);
      window.htmx?.process(target);
    }
    job.zone.dispatchEvent(new CustomEvent("parc:uploaded", { bubbles: true, detail: answer }));
  } else {
    const lost = request.status >= 200 && request.status < 300;
    fail(job, answer.error || sentence(lost ? 401 : request.status), !answer.error);
  }
};

const next = () => {
  if (busy || !queue.length) return;
  busy = true;
  const job = queue.shift();
  const input = job.zone.querySelector("input[type=file]");
  const data = new FormData(job.zone.closest("form"));
  data.delete(input.name);
  data.append(input.name, job.file, job.file.name);
  const request = new XMLHttpRequest();
  request.open("POST", job.zone.dataset.url);
  request.setRequestHeader("X-Requested-With", "fetch");
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) job.bar.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("loadend", () => {
    busy = false;
    finish(job, request);
    next();
  });
  request.send(data);
};

const take = (zone, files) => {
  for (const file of files) {
    const job = { zone, file, ...addRow(zone, file) };
    const limit = Number(zone.dataset.maxBytes);
    if (limit && file.size > limit) {
      fail(job, `“${file.name}” lớn hơn ${zone.dataset.maxText}. Hãy chia nhỏ hoặc giảm dung lượng rồi tải lại.`, false);
    } else if (!file.size) {
      fail(job, `“${file.name}” không có nội dung.`, false);
    } else queue.push(job);
  }
  next();
};

const pasted = (file) => {
  if (!/^image\.(png|jpe?g)$/i.test(file.name)) return file;
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  return new File([file], `anh-dan-${stamp}.${file.name.split(".").pop()}`, { type: file.type });
};

for (const button of document.querySelectorAll("[data-dropzone-send]")) button.hidden = true;

document.addEventListener("change", (event) => {
  const zone = event.target.matches?.("input[type=file]") && event.target.closest("[data-dropzone]");
  if (!zone) return;
  take(zone, [...event.target.files]);
  event.target.value = "";
});

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const zone = event.target.closest?.("[data-dropzone]");
    if (!event.dataTransfer?.types.includes("Files")) return;
    // A file that misses the zone must not replace the page.
    if (type !== "dragleave") event.preventDefault();
    zone?.classList.toggle("is-over", type === "dragover");
    if (type === "drop" && zone) take(zone, [...event.dataTransfer.files]);
  });
}

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  const zones = [...document.querySelectorAll("[data-dropzone]")].filter((zone) => zone.checkVisibility());
  if (!files.length || !zones.length) return;
  event.preventDefault();
  const near = event.target.closest?.("[data-dropzone], form")?.querySelector("[data-dropzone]");
  take(near ?? zones[0], files.map(pasted));
});

window.addEventListener("beforeunload", (event) => {
  if (busy || queue.length) event.preventDefault();
});
