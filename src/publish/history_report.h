/// Answers of the record for people and as JSON: what they come to first, what to do next last.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "publish/history_fields.h"

namespace clockwright {

/// `limited`: there may be older rows than these.
std::string runs_text(const std::vector<RunRow>& rows, bool limited);
std::string samples_text(const std::vector<SampleRow>& rows, bool limited);
std::string clock_text(const std::vector<ClockRow>& rows, bool limited);
std::string verdicts_text(const std::vector<VerdictRow>& rows, bool limited);
std::string events_text(const std::vector<EventRow>& rows, bool limited);
std::string alerts_text(const std::vector<AlertRow>& rows, bool limited);

/// {"clockwright": VERSION, KIND: [rows]}
std::string rows_json(std::string_view kind, const std::vector<Fields>& rows);

template <class Row>
std::string rows_json(std::string_view kind, const std::vector<Row>& rows) {
    std::vector<Fields> fields;
    for (const Row& row : rows) fields.push_back(fields_of(row));
    return rows_json(kind, fields);
}

}  // namespace clockwright
