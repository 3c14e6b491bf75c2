#include "store/memory.h"

#include <fmt/format.h>

#include <utility>

#include "store/durable_file.h"
#include "store/memory_json.h"

namespace clockwright::store {
namespace {

using Json = nlohmann::ordered_json;

std::string file_in(const std::string& state_directory) {
    return state_directory + "/memory.json";
}

}  // namespace

const RememberedSeries* find_series(const std::vector<RememberedSeries>& series,
                                    const Endpoint& endpoint, bool nts) {
    const RememberedSeries* found = nullptr;
    for (const RememberedSeries& one : series) {
        if (one.endpoint == endpoint && one.nts == nts) return &one;
        if (one.endpoint == endpoint && one.nts) found = &one;
    }
    return found;
}

Result<Memory> read_memory(const std::string& state_directory, std::string* remark) {
    const auto path = file_in(state_directory);
    bool missing = false;
    const auto text = read_file(path, &missing);
    if (missing) return Memory{};
    if (!text) return std::unexpected(text.error());
    const auto json = Json::parse(*text, nullptr, false);
    JsonFaults faults;
    auto memory = json.is_discarded() ? std::nullopt : memory_from_json(json, faults);
    if (!memory)
        return fail(Fault::bad_input,
                    path + " does not tell what was sent; mend it, or move it away");
    if (!faults.empty() && remark != nullptr)
        *remark =
            fmt::format("some of it is lost: {}: {}{}", path, faults.front(),
                        faults.size() == 1 ? "" : fmt::format(" and {} more", faults.size() - 1));
    return std::move(*memory);
}

Memory load(const std::string& state_directory, std::string* remark) {
    auto memory = read_memory(state_directory, remark);
    if (memory) return std::move(*memory);
    if (remark != nullptr) *remark = "what was remembered is lost: " + memory.error().message;
    return {};
}

Result<void> save(const std::string& state_directory, const Memory& memory) {
    if (auto made = make_private_directory(state_directory); !made) return made;
    const auto text = memory_to_json(memory).dump(1, ' ', false, Json::error_handler_t::replace);
    return replace_file(file_in(state_directory), text + "\n");
}

Result<Lock> hold_memory(const std::string& state_directory) {
    TRY(make_private_directory(state_directory));
    return Lock::await(file_in(state_directory) + ".lock");
}

Result<HeldMemory> take_memory(const std::string& state_directory, std::string* remark) {
    Lock alone = TRY(hold_memory(state_directory));
    Memory memory = TRY(read_memory(state_directory, remark));
    TRY(save(state_directory, memory));
    return HeldMemory{std::move(alone), std::move(memory)};
}

Result<void> change_memory(const std::string& state_directory,
                           const std::function<void(Memory&)>& change) {
    const Lock alone = TRY(hold_memory(state_directory));
    Memory memory = TRY(read_memory(state_directory));
    change(memory);
    return save(state_directory, memory);
}

}  // namespace clockwright::store
