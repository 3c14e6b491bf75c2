#include "publish/metric_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "publish/escape.h"

namespace clockwright {

std::string labels_text(std::initializer_list<Label> labels) {
    std::string text;
    for (const auto& [name, value] : labels) {
        if (!text.empty()) text += ',';
        text += name;
        text += "=\"";
        text += escape_label(value);
        text += '"';
    }
    return text;
}

void MetricText::family(std::string_view prefix, std::string_view name, MetricKind kind,
                        std::string_view help) {
    name_ = prefix;
    name_ += name;
    head_ = "# HELP " + name_ + " ";
    head_ += help;
    head_ += "\n# TYPE " + name_ + (kind == MetricKind::counter ? " counter\n" : " gauge\n");
}

void MetricText::sample(double value, std::string_view labels) {
    if (!std::isfinite(value)) return;
    text_ += head_;
    head_.clear();
    text_ += name_;
    if (!labels.empty()) {
        text_ += '{';
        text_ += labels;
        text_ += '}';
    }
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text_ += ' ';
    text_.append(digits.data(), end);
    text_ += '\n';
}

}  // namespace clockwright
