/**
 * What htmx does here: errors become sentences in #messages. Its settings stand in base.html
 * (<meta name="htmx-config">), the CSRF token in hx-headers on <body>. A redirect to the sign-in page
 * must come as 401 or as the header HX-Redirect; a page without htmx loses nothing but the reload.
 */
const SENTENCES = {
  0: "Không nối được với máy chủ. Kiểm tra mạng rồi thử lại.",
  401: "Phiên đã hết. Mở đăng nhập ở thẻ khác rồi thử lại.",
  403: "Việc này chưa được phép. Tải lại trang để xem lý do.",
  404: "Nội dung này không còn ở đây. Tải lại trang.",
  409: "Người khác vừa thay đổi nội dung này. Tải lại trang để xem bản mới.",
  413: "Nội dung gửi lên quá lớn.",
  429: "Quá nhiều yêu cầu. Chờ khoảng một phút rồi thử lại.",
};

const say = (status) => {
  const note = document.createElement("div");
  note.className = "note tone-bad";
  const body = document.createElement("div");
  body.className = "note__body";
  body.textContent = SENTENCES[status] ?? "Máy chủ gặp lỗi. Việc vừa rồi chưa được ghi; hãy thử lại sau ít phút.";
  note.append(document.createElement("span"), body);
  document.querySelector("#messages")?.replaceChildren(note);
};

document.addEventListener("htmx:responseError", (event) => say(event.detail.xhr.status));
document.addEventListener("htmx:sendError", () => say(0));
