#include "store/waiting_rows.h"

#include <algorithm>
#include <variant>

namespace clockwright::store {
namespace {

std::size_t importance(const Record& row) {
    if (std::holds_alternative<SampleRow>(row)) return 0;
    if (std::holds_alternative<ClockRow>(row)) return 1;
    if (std::holds_alternative<VerdictRow>(row)) return 2;
    return 3;
}

}  // namespace

void WaitingRows::add(std::span<const Record> rows) {
    for (const Record& row : rows) {
        rows_[importance(row)].push_back(row);
        if (size() > most_) drop_one();
    }
}

void WaitingRows::drop_one() {
    for (auto& rows : rows_) {
        if (rows.empty()) continue;
        rows.pop_front();
        ++dropped_;
        return;
    }
}

std::vector<Record> WaitingRows::all() const {
    std::vector<Record> all;
    all.reserve(size());
    for (const auto& rows : rows_) all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

void WaitingRows::clear() {
    rows_ = {};
}

std::size_t WaitingRows::size() const {
    std::size_t size = 0;
    for (const auto& rows : rows_) size += rows.size();
    return size;
}

}  // namespace clockwright::store
