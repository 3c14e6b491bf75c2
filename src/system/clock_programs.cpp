#include "system/clock_programs.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>

#include "system/file_io.h"

namespace clockwright::system {

namespace {

using Arguments = std::span<const std::string>;

/// One row of /proc.
struct Process {
    int pid = 0;
    int parent = 0;
    ClockProgram program;
};

/// Is the short option `letter` given, also within a cluster like -4nx? `with_value`: the letters
/// whose rest of the word, or next word, is a value.
bool has_short_option(Arguments words, char letter, std::string_view with_value) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") {
            return false;
        }
        if (word.size() < 2 || word[0] != '-' || word[1] == '-') {
            continue;
        }
        for (std::size_t at = 1; at < word.size(); ++at) {
            if (word[at] == letter) {
                return true;
            }
            if (with_value.contains(word[at])) {
                i += at + 1 == word.size() ? 1 : 0;
                break;
            }
        }
    }
    return false;
}

/// The value of the short option `letter`, the last one given; empty when it is not there.
std::string short_value(Arguments words, char letter) {
    std::string value;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].starts_with(std::string{'-', letter})) {
            value = words[i].size() > 2    ? words[i].substr(2)
                    : i + 1 < words.size() ? words[i + 1]
                                           : std::string{};
        }
    }
    return value;
}

bool has_word(Arguments words, std::string_view wanted) {
    return std::ranges::find(words, wanted) != words.end();
}

bool never(Arguments) {
    return false;
}

/// -x: does not control the clock. -Q: only prints the offset. -p: only prints the configuration.
bool chronyd_told_not_to(Arguments words) {
    constexpr std::string_view with_value = "fFhlLPtu";
    return std::ranges::any_of(std::string_view{"xQp"}, [&](char letter) {
        return has_short_option(words, letter, with_value);
    });
}

/// Without -r it leaves the system clock alone in automatic mode; with -c it sets that clock only;
/// the servos of -E that only report set nothing.
bool phc2sys_told_not_to(Arguments words) {
    constexpr std::string_view with_value = "cdfsEPISFRNOLMiunzlt";
    const std::string servo = short_value(words, 'E');
    if (servo == "nullf" || servo == "ntpshm" || servo == "refclock_sock") {
        return true;
    }
    if (has_short_option(words, 'a', with_value)) {
        return !has_short_option(words, 'r', with_value);
    }
    const std::string clock = short_value(words, 'c');
    return !clock.empty() && clock != "CLOCK_REALTIME";
}

/// With hardware stamps, its default, it steers the clock of the network card, not the system's.
bool ptp4l_told_not_to(Arguments words) {
    return has_word(words, "--free_running=1") ||
           !(has_word(words, "--time_stamping=software") ||
             has_word(words, "--time_stamping=legacy") || has_short_option(words, 'S', "fipls"));
}

/// Its file may ask for software stamps, where its command line says nothing of them. Anybody may
/// call a process ptp4l and name any file, so that nothing is waited for, and no end of it read.
bool ptp4l_steers_by_file(Arguments words) {
    if (has_word(words, "--free_running=1") || has_word(words, "--time_stamping=hardware") ||
        has_short_option(words, 'H', "fipls"))
        return false;
    const std::string path = short_value(words, 'f');
    if (!path.starts_with('/')) return false;
    const auto file = open_regular(AT_FDCWD, path);
    const auto content = file ? read_all(file->get()) : std::unexpected(file.error());
    if (!content) return false;
    std::istringstream lines(*content);
    std::string key, value;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream(line) >> key >> value;
        if (key == "time_stamping") return value == "software" || value == "legacy";
    }
    return false;
}

bool vbox_told_not_to(Arguments words) {
    return has_word(words, "--disable-timesync");
}

/// VMware's tools set the clock only where the host's administrator turned that on, which cannot
/// be seen from here; the default is off.
bool vmtoolsd_told_not_to(Arguments) {
    return true;
}

struct Known {
    std::string_view comm;  ///< cut to 15 octets by the kernel
    std::string_view name;
    bool (*told_not_to)(Arguments words);
};

constexpr std::array known_programs{
    Known{"chronyd", "chronyd", chronyd_told_not_to},
    Known{"ntpd", "ntpd", never},
    Known{"systemd-timesyn", "systemd-timesyncd", never},
    Known{"ntp-daemon", "ntpd-rs", never},
    Known{"openntpd", "openntpd", never},
    Known{"phc2sys", "phc2sys", phc2sys_told_not_to},
    Known{"ptp4l", "ptp4l", ptp4l_told_not_to},
    Known{"sfptpd", "sfptpd", never},
    Known{"VBoxService", "VBoxService", vbox_told_not_to},
    Known{"vmtoolsd", "vmtoolsd", vmtoolsd_told_not_to},
};

/// OpenNTPD calls itself ntpd too. Its processes rename themselves "ntpd: ntp engine"; its parent
/// is known by Debian's path of its configuration.
bool is_openntpd(const std::vector<std::string>& argv) {
    return std::ranges::any_of(argv, [](const std::string& word) {
        return word.starts_with("ntpd: ") || word.contains("openntpd");
    });
}

std::string read_text(const std::filesystem::path& path) {
    // A process may end while it is read; `read` then only stops, an iterator would throw.
    std::ifstream file(path, std::ios::binary);
    std::string text;
    std::array<char, 4096> part;
    while (file.read(part.data(), part.size()) || file.gcount() > 0)
        text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    return text;
}

std::vector<std::string> split_arguments(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = text.find('\0');
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return words;
}

/// The number after "Key:\t" of /proc/PID/status; 0 when it is not there.
std::uint64_t status_field(std::string_view status, std::string_view key, int base) {
    const std::string mark = std::string{'\n'} + std::string{key} + ":\t";
    const std::size_t at = status.find(mark);
    std::uint64_t value = 0;
    if (at != std::string_view::npos) {
        const char* first = status.data() + at + mark.size();
        std::from_chars(first, status.data() + status.size(), value, base);
    }
    return value;
}

/// As that map has it which sees all users as they are.
bool is_in_first_user_namespace(const std::filesystem::path& directory) {
    std::istringstream map(read_text(directory / "uid_map"));
    std::uint64_t inside = 0, outside = 0, count = 0;
    if (!(map >> inside >> outside >> count)) return true;  // a kernel without them
    return inside == 0 && outside == 0 && count == 4294967295;
}

/// The service of this system that it runs in: "chrony.service"; empty: none, or of a container.
std::string unit_in(const std::string& cgroups) {
    const std::size_t begin = cgroups.find(":/system.slice/");
    if (begin == std::string::npos) return {};
    const std::string path = cgroups.substr(begin, cgroups.find('\n', begin) - begin);
    return path.ends_with(".service") ? path.substr(path.rfind('/') + 1) : std::string{};
}

std::optional<Process> read_process(const std::filesystem::path& directory, int pid) {
    constexpr std::uint64_t cap_sys_time = std::uint64_t{1} << 25U;
    std::string comm = read_text(directory / "comm");
    if (comm.ends_with('\n')) {
        comm.pop_back();
    }
    // Most processes are none of ours: the other files are read only for those that may be.
    if (!recognise(comm, {}, false)) {
        return std::nullopt;
    }
    const std::string status = read_text(directory / "status");
    // Within another user namespace the right is worth nothing.
    const bool may = (status_field(status, "CapEff", 16) & cap_sys_time) != 0 &&
                     is_in_first_user_namespace(directory);
    auto program = recognise(comm, split_arguments(read_text(directory / "cmdline")), may);
    program->pid = pid;
    program->unit = unit_in(read_text(directory / "cgroup"));
    if (may && program->name == "ptp4l" && ptp4l_steers_by_file(program->argv))
        program->told_not_to = false;
    std::error_code error;
    if (std::filesystem::read_symlink(directory / "exe", error).filename() == "busybox")
        program->name = "busybox " + program->name;
    return Process{.pid = pid,
                   .parent = static_cast<int>(status_field(status, "PPid", 10)),
                   .program = std::move(*program)};
}

std::vector<Process> read_processes(const std::string& proc_root) {
    std::vector<Process> processes;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(proc_root, error)) {
        const std::string name = entry.path().filename().string();
        int pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size()) {
            continue;
        }
        if (auto process = read_process(entry.path(), pid)) {
            processes.push_back(std::move(*process));
        }
    }
    std::ranges::sort(processes, {}, &Process::pid);
    return processes;
}

/// The process that began the daemon `process` belongs to: itself, or its oldest relative.
std::size_t first_of(const std::vector<Process>& processes, std::size_t process) {
    for (std::size_t generations = 0; generations < processes.size(); ++generations) {
        const auto parent = std::ranges::find(processes, processes[process].parent, &Process::pid);
        if (parent == processes.end() || parent->pid == processes[process].pid) {
            break;
        }
        const bool both_ntpd = parent->program.name.ends_with("ntpd") &&
                               processes[process].program.name.ends_with("ntpd");
        if (parent->program.name != processes[process].program.name && !both_ntpd) {
            break;
        }
        process = static_cast<std::size_t>(parent - processes.begin());
    }
    return process;
}

}  // namespace

std::optional<ClockProgram> recognise(std::string_view comm, const std::vector<std::string>& argv,
                                      bool may_set_clock) {
    const auto known = std::ranges::find(known_programs, comm, &Known::comm);
    if (known == known_programs.end()) {
        return std::nullopt;
    }
    ClockProgram program;
    program.name = comm == "ntpd" && is_openntpd(argv) ? "openntpd" : known->name;
    program.argv = argv;
    program.may_set_clock = may_set_clock;
    program.told_not_to = known->told_not_to(Arguments{argv}.subspan(argv.empty() ? 0 : 1));
    return program;
}

std::vector<ClockProgram> clock_programs(const std::string& proc_root) {
    std::vector<Process> processes = read_processes(proc_root);
    std::vector<std::size_t> leaders;
    for (std::size_t i = 0; i < processes.size(); ++i) {
        leaders.push_back(first_of(processes, i));
    }
    for (std::size_t i = 0; i < processes.size(); ++i) {
        ClockProgram& whole = processes[leaders[i]].program;
        const ClockProgram& part = processes[i].program;
        whole.may_set_clock = whole.may_set_clock || part.may_set_clock;
        if (part.name == "openntpd") {
            whole.name = part.name;
        }
    }
    std::vector<ClockProgram> programs;
    for (std::size_t i = 0; i < processes.size(); ++i) {
        if (leaders[i] == i) {
            programs.push_back(std::move(processes[i].program));
        }
    }
    return programs;
}

}  // namespace clockwright::system
