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

std::string csv_cell(std::string_view text) {
    std::string cell(text);
    if (!cell.empty() && std::string_view("=+-@\t\r").contains(cell.front())) cell.insert(0, "'");
    if (cell.find_first_of("\",\r\n") == std::string::npos) return cell;
    std::string out = "\"";
    for (const char letter : cell) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out += '"';
}

}  // namespace clockwright
