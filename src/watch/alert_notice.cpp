#include "watch/alert_notice.h"

namespace clockwright {

std::string_view to_string(NoticeKind kind) {
    switch (kind) {
        case NoticeKind::began:
            return "began";
        case NoticeKind::ended:
            return "ended";
        case NoticeKind::repeated:
            return "repeated";
        case NoticeKind::flapping:
            break;
    }
    return "flapping";
}

}  // namespace clockwright
