"""Every Vietnamese sentence of the arithmetic, as templates in one place; no arithmetic here."""

KIND_LABELS = {
    "group": "Tổng điểm các tiêu chí con",
    "boolean": "Đạt hoặc không đạt",
    "checklist": "Cộng điểm từng nội dung",
    "tiers": "Theo mức",
    "levels": "Theo mức chất lượng",
    "proportional": "Theo tỷ lệ",
    "deduction": "Trừ dần từ điểm tối đa",
    "manual": "Người chấm quyết định",
    "survey": "Điều tra xã hội học",
    "bonus": "Điểm thưởng",
    "penalty": "Điểm trừ",
}

# Names that criteria sets use for levels and occurrences; a set may bring its own under "labels".
LABELS = {
    "all_on_time": "Hoàn thành 100% nhiệm vụ, đều đúng hạn",
    "all_done_some_late": "Hoàn thành 100% nhiệm vụ nhưng có nhiệm vụ chậm",
    "overdue": "Còn nhiệm vụ quá hạn chưa hoàn thành",
    "none": "Không có vi phạm, tồn tại",
    "minor": "Có vi phạm, tồn tại nhỏ",
    "serious": "Có vi phạm nghiêm trọng",
    "late": "Số lần chậm hạn",
    "missing": "Số lần thiếu",
    "reprimand": "Số trường hợp khiển trách",
    "warning_or_more": "Số trường hợp từ cảnh cáo trở lên",
}

# What an officer is asked to declare.
ASK_MET = "Kết quả thực hiện"
ASK_ITEMS = "Các nội dung đã thực hiện"
ASK_ITEM_COUNT = "Số nội dung đã thực hiện (nhiều nhất {count})"
ASK_ISSUED = "Đã ban hành hoặc đã thực hiện"
ASK_DAYS_LATE = "Số ngày chậm so với thời hạn (đúng hạn ghi 0)"
ASK_COUNT = "Số lượng đạt được"
ASK_DONE = "Số đã thực hiện"
ASK_TOTAL = "Tổng số"
ASK_LEVEL = "Mức đạt được"
YES = "Đạt"
NO = "Không đạt"
YES_ISSUED = "Đã thực hiện"
NO_ISSUED = "Không thực hiện"
DAYS = "ngày"

# Why a proposal is what it is.
NEEDS = "Cần khai: {labels}."
MET = "Đạt: {points} điểm"
NOT_MET = "Không đạt: {points} điểm"
CHECKLIST = "{count} nội dung × {each} = {raw}"
CHECKLIST_NAMED = "{count} nội dung: {sum} = {raw}"
CHECKLIST_NONE = "Chưa thực hiện nội dung nào: 0 điểm"
CAPPED = "; vượt điểm tối đa nên tính {maximum}"
TIER = "{found}, thuộc {tier}: {share} × {maximum} {equals} {points}"
TIER_NOT_DONE = "Không thực hiện: {share} × {maximum} {equals} {points}"
TIER_NONE = "{found}, không thuộc mức nào được điểm: 0 điểm"
FOUND_DAYS = "Chậm {days} ngày"
FOUND_ON_TIME = "Đúng hạn"
FOUND_COUNT = "Số lượng {count}"
FOUND_RATIO = "Tỷ lệ {done}/{total} = {ratio}"
TIER_DAYS = "mức chậm không quá {days} ngày"
TIER_ON_TIME = "mức đúng hạn"
TIER_LAST = "mức còn lại"
TIER_FROM = "mức từ {bound} trở lên"
LEVEL = "Mức “{level}”: {share} × {maximum} {equals} {points}"
RATIO = "({done}/{total}) × {maximum} {equals} {points}"
RATIO_TARGET = "({done}/{total}) : {target} × {maximum} {equals} {points}"
RATIO_FLOOR = "; tỷ lệ {ratio} từ mốc {floor} trở lên"
RATIO_BELOW = "Tỷ lệ {done}/{total} = {ratio}, dưới mốc {floor}: 0 điểm"
RATIO_FULL = "Tỷ lệ {done}/{total} = {ratio}, từ mốc {full} trở lên: tối đa {maximum} điểm"
NO_TOTAL_MAX = "{total} bằng 0: theo bộ tiêu chí được tối đa {maximum} điểm"
NO_TOTAL_ZERO = "{total} bằng 0: theo bộ tiêu chí được 0 điểm"
NO_TOTAL_REMOVED = "{total} bằng 0: theo bộ tiêu chí thuộc diện không áp dụng"
NO_TOTAL_ASK = "{total} bằng 0: bộ tiêu chí không quy định, đề nghị người chấm quyết định"
NO_TOTAL_BUT_DONE = "{total} bằng 0 nhưng {done} lớn hơn 0: đề nghị kiểm tra lại số liệu"
DEDUCTION = "{maximum} − {parts} = {points}"
DEDUCTION_NONE = "Không có trường hợp bị trừ: tối đa {maximum} điểm"
DEDUCTION_FLOOR = "{maximum} − {parts} = {raw}; không thấp hơn {floor} nên tính {points}"
NO_PROPOSAL = {
    "group": "Điểm của nhóm là tổng điểm các tiêu chí con",
    "manual": "Không có công thức; người chấm cho điểm từ 0 đến {maximum} và ghi lý do",
    "survey": "Điểm điều tra xã hội học do thư ký nhập, đơn vị không tự chấm",
    "bonus": "Điểm thưởng do Hội đồng quyết định, nhiều nhất {maximum}",
    "penalty": "Điểm trừ do Hội đồng quyết định, nhiều nhất {maximum}",
}

# What is wrong with a declared value or a typed number.
EMPTY_POINTS = (
    "Chưa nhập điểm. Nhập một số từ 0 đến {maximum}; để trống là chưa chấm, không phải 0."
)
EMPTY_NUMBER = "Chưa nhập số. Nếu không có thì ghi 0."
TOO_LONG = "“{text}” quá dài. Nhập một số, ví dụ 7,5."
PERCENT = "“{text}” có dấu %. Chỉ nhập số, không nhập dấu %."
SIGNED = "“{text}” có dấu cộng hoặc trừ. Nhập một số không âm, không ghi dấu."
SEPARATORS = "“{text}” có nhiều dấu phân cách. Chỉ dùng một dấu phẩy cho phần thập phân."
AMBIGUOUS = (
    "“{text}” có thể hiểu theo hai cách. Viết liền phần nghìn và dùng nhiều nhất {places} chữ số "
    "sau dấu phẩy."
)
TOO_FINE = "“{text}” có quá {places} chữ số sau dấu phẩy."
HALF_WRITTEN = "“{text}” thiếu chữ số trước hoặc sau dấu phẩy. Viết đủ, ví dụ 0,5."
NOT_DIGITS = "“{text}” không phải là số. Chỉ dùng các chữ số 0–9 và một dấu phẩy, ví dụ 7,5."
ABOVE = "{value} vượt quá mức tối đa {maximum}."
NOT_WHOLE = "“{text}” không phải là số nguyên. Viết liền các chữ số 0–9, ví dụ 1500."
NOT_A_CHOICE = "“{text}” không có trong các lựa chọn của mục “{label}”."
NOT_A_NUMBER = "“{text}” không phải là số không âm."

# What is wrong with the parameters of a rule.
UNKNOWN_KIND = "Cách tính “{kind}” không có trong danh sách: {kinds}."
BAD_MAXIMUM = "Điểm tối đa phải là số lớn hơn 0; đang là “{value}”."
UNKNOWN_KEY = "Không có tham số “{key}” trong cách tính này."
NEED_KEY = "Thiếu tham số “{key}”."
NEED_NUMBER = "Tham số “{key}” phải là số từ {low} trở lên; đang là “{value}”."
NEED_NUMBER_BETWEEN = "Tham số “{key}” phải là số từ {low} đến {high}; đang là “{value}”."
NEED_WHOLE = "Tham số “{key}” phải là số nguyên; đang là “{value}”."
NEED_CHOICE = "Tham số “{key}” phải là một trong: {allowed}; đang là “{value}”."
NEED_TEXT = "Tham số “{key}” phải là một đoạn chữ."
NEED_LIST = "Tham số “{key}” phải là một danh sách không rỗng."
NEED_MAP = "Tham số “{key}” phải là bảng tên và giá trị, không rỗng."
IN_ROW = "Mức {number}: {problem}"
SAME_BOUND = "Có hai mức cùng mốc {bound}."
NO_LOWEST = "Thiếu mức thấp nhất (từ 0)."
NO_LAST = "Thiếu mức cuối không ghi “max_days_late” cho trường hợp chậm hơn hoặc không thực hiện."
TWO_LAST = "Chỉ một mức được để trống “max_days_late”."
SAME_NAME = "Tên “{name}” bị lặp."
RESERVED_NAME = "Tên “{name}” không dùng được; tên không để trống."
FLOOR_ABOVE_FULL = "“zero_below” ({floor}) phải nhỏ hơn hoặc bằng “full_from” ({full})."
FORMULA = "Công thức “{formula}” không khớp với các tham số; bỏ trống hoặc ghi “{expected}”."
CHECKLIST_SHORT = "Các nội dung cộng lại được {sum} điểm, chưa đủ điểm tối đa {maximum}."
NEVER_SELF_SCORED = "Điểm do thư ký hoặc Hội đồng nhập, không tự chấm: bỏ “self_scored”."

# How a total came about.
STEP_FIELD = "Chỉ số thành phần lĩnh vực {code}"
STEP_APPRAISED = "Điểm thẩm định"
STEP_SURVEY = "Điểm điều tra xã hội học"
STEP_BONUS = "Điểm thưởng"
STEP_PENALTY = "Điểm trừ"
STEP_MAXIMUM = "Điểm tối đa sau khi trừ tiêu chí không áp dụng"
STEP_SCALED = "Điểm thẩm định quy đổi về thang đầy đủ"
STEP_ACHIEVED = "Tổng điểm đạt được"
STEP_INDEX = "Chỉ số CCHC"
STEP_SHOWN = "Chỉ số CCHC khi hiển thị"
OF_MAXIMUM = "{achieved} trên {maximum} điểm"
NO_FIELD = "mọi tiêu chí của lĩnh vực đều không áp dụng"
NO_INDEX = "mọi tiêu chí đều không áp dụng, không có căn cứ tính chỉ số; ghi 0"
CAP_STEP = "nhập {entered}, nhiều nhất {cap} theo quy định của đợt đánh giá"
FLOORED = "{expression}; kết quả không lớn hơn 0 nên ghi 0"
ROUNDED = "làm tròn nửa lên, {places} chữ số thập phân"
POINTS = "điểm"

# What is wrong with grade bands.
NO_BANDS = "Chưa có mức xếp loại nào."
BAND_NAMELESS = "Có mức xếp loại chưa đặt tên."
BAND_SAME_NAME = "Tên mức xếp loại “{name}” bị lặp."
BAND_SAME_BOUND = "Có hai mức xếp loại cùng mốc {bound}."
BAND_RANGE = "Mốc của mức “{name}” phải là số từ 0 đến 100."
BAND_LOWEST = "Mức thấp nhất phải bắt đầu từ 0 và tính cả 0; mức “{name}” đang bắt đầu từ {bound}."
BAND_OPEN_ZERO = "Mức thấp nhất “{name}” phải tính cả 0."
