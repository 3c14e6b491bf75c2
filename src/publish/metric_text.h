/// Prometheus' text format, 0.0.4: families with HELP and TYPE, samples with labels.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace clockwright {

enum class MetricKind : std::uint8_t { gauge, counter };

using Label = std::pair<std::string_view, std::string_view>;

/// `server="a",address="192.0.2.1"`, escaped.
std::string labels_text(std::initializer_list<Label> labels);

class MetricText {
  public:
    /// Begins a family; one without samples leaves nothing behind.
    void family(std::string_view prefix, std::string_view name, MetricKind kind,
                std::string_view help);
    /// `labels`: of `labels_text`; empty: none. No sample when the value is no number.
    void sample(double value, std::string_view labels = {});

    std::string take() { return std::move(text_); }

  private:
    std::string text_, head_, name_;
};

}  // namespace clockwright
