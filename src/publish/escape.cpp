#include "publish/escape.h"

#include "time/spell.h"

namespace clockwright {

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char letter : printable(text)) {
        switch (letter) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += letter;
        }
    }
    return out;
}

std::string escape_label(std::string_view text) {
    std::string out;
    for (const char letter : printable(text)) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return out;
}

std::string escape_csv(std::string_view text) {
    std::string safe = printable(text);
    if (!safe.empty() && std::string_view("=+-@").contains(safe.front())) safe.insert(0, "'");
    if (safe.find_first_of("\",") == std::string::npos) return safe;
    std::string out = "\"";
    for (const char letter : safe) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out += '"';
}

}  // namespace clockwright
