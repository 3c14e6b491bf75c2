#include "system/local_host.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/user_file.h"
#include "tests/fakes/temporary_directory.h"

namespace clockwright::system {

namespace {

FileState file(const std::string& path, const std::string& content, std::uint32_t mode = 0644) {
    return {.path = path,
            .exists = true,
            .content = content,
            .sha256 = sha256_hex(content),
            .mode = mode,
            .uid = ::geteuid(),
            .gid = ::getegid()};
}

FileState nothing(const std::string& path) {
    FileState state;
    state.path = path;
    return state;
}

std::uint32_t mode_of(const std::string& path) {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

Fault fault_of(const Result<void>& result) {
    REQUIRE_FALSE(result);
    return result.error().fault;
}

}  // namespace

TEST_CASE("sha256 is the one of FIPS 180-4") {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("the refid of an IPv6 address is the beginning of its MD5") {
    IpAddress zero{.family = Family::ipv6, .bytes = {}};
    CHECK(ipv6_refid(zero) == 0x4ae71336);
}

TEST_CASE("write_file makes, replaces and removes a file, and leaves nothing else") {
    const TemporaryDirectory directory;
    const std::string path = directory / "clockwright.sources";
    const FileState first = file(path, "server a\n");
    const FileState second = file(path, "server b\nserver c\n", 0600);

    REQUIRE(write_file({.before = nothing(path), .after = first}));
    CHECK(LocalHost{}.read(path).value() == first);
    REQUIRE(write_file({.before = first, .after = second}));
    CHECK(LocalHost{}.read(path).value() == second);
    CHECK(mode_of(path) == 0600);
    CHECK(directory.count() == 1);
    REQUIRE(write_file({.before = second, .after = nothing(path)}));
    CHECK_FALSE(LocalHost{}.read(path).value().exists);
    CHECK(directory.count() == 0);
}

TEST_CASE("the umask has no say in the mode of what is written") {
    const TemporaryDirectory directory;
    const std::string path = directory / "x";
    const mode_t before = ::umask(077);
    CHECK(write_file({.before = nothing(path), .after = file(path, "x", 0664)}));
    ::umask(before);
    CHECK(mode_of(path) == 0664);
}

TEST_CASE("write_file refuses when the file is not as the plan saw it, and touches nothing") {
    const TemporaryDirectory directory;
    const std::string path = directory / "x";
    struct Row {
        const char* what;
        std::optional<std::string> present;
        FileState before, after;
    };
    const Row rows[] = {
        {"changed", "other", file(path, "old"), file(path, "new")},
        {"gone", std::nullopt, file(path, "old"), file(path, "new")},
        {"there by now", "other", nothing(path), file(path, "new")},
        {"changed, to be removed", "other", file(path, "old"), nothing(path)},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        ::unlink(path.c_str());
        if (row.present) {
            directory.write("x", *row.present);
        }
        const auto result = write_file({.before = row.before, .after = row.after});
        CHECK(fault_of(result) == Fault::refused);
        CHECK(result.error().message.contains(path));
        CHECK(directory.count() == (row.present ? 1 : 0));
        CHECK(directory.read("x") == row.present.value_or(""));
    }
}

TEST_CASE("write_file does not follow a link") {
    const TemporaryDirectory directory;
    directory.write("target", "old");
    const std::string path = directory / "link";
    REQUIRE(::symlink("target", path.c_str()) == 0);
    CHECK_FALSE(write_file({.before = file(path, "old"), .after = file(path, "new")}));
    CHECK(directory.read("target") == "old");
}

TEST_CASE("a full disk leaves the file as it was and nothing behind") {
    const TemporaryDirectory directory;
    const std::string path = directory / "x";
    const FileState old = file(path, "old");
    REQUIRE(write_file({.before = nothing(path), .after = old}));

    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
    const rlimit small{.rlim_cur = 10, .rlim_max = limit.rlim_max};
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto result = write_file({.before = old, .after = file(path, std::string(100, 'n'))});
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, handler);

    CHECK(fault_of(result) == Fault::failed);
    CHECK(result.error().message == "cannot write " + path + ": file too large");
    CHECK(directory.read("x") == "old");
    CHECK(directory.count() == 1);
}

TEST_CASE("the directory of a new file is made when it alone is missing, and stays") {
    const TemporaryDirectory directory;
    const std::string path = directory / "x.conf.d/50-y.conf";
    const mode_t before = ::umask(077);
    const FileState made = file(path, "new");
    const auto written = write_file({.before = nothing(path), .after = made});
    ::umask(before);
    REQUIRE(written);
    CHECK(LocalHost{}.read(path).value().content == "new");
    CHECK(mode_of(directory / "x.conf.d") == 0755);
    CHECK(directory.count() == 1);
    REQUIRE(write_file({.before = made, .after = nothing(path)}));
    CHECK(mode_of(directory / "x.conf.d") == 0755);
    REQUIRE(write_file({.before = nothing(path), .after = made}));
}

TEST_CASE("no directory is made for a file that is refused or removed") {
    const TemporaryDirectory directory;
    const std::string path = directory / "x.conf.d/50-y.conf";
    CHECK_FALSE(write_file({.before = file(path, "old"), .after = file(path, "new")}));
    CHECK_FALSE(write_file({.before = nothing(path), .after = nothing(path)}));
    CHECK(directory.count() == 0);
}

TEST_CASE("write_file wants an absolute path in a directory that is there") {
    const TemporaryDirectory directory;
    const std::string lost = directory / "no/such/file";
    CHECK(fault_of(write_file({.before = nothing("x"), .after = file("x", "")})) ==
          Fault::bad_input);
    CHECK(fault_of(write_file({.before = nothing(lost), .after = file(lost, "")})) ==
          Fault::failed);
}

TEST_CASE("a file that is not there is no error; what is no file, or leads nowhere, is one") {
    const TemporaryDirectory directory;
    const LocalHost host;
    REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
    REQUIRE(::symlink("nowhere", (directory / "dangling").c_str()) == 0);

    const auto missing = host.read(directory / "missing");
    REQUIRE(missing);
    CHECK_FALSE(missing->exists);
    CHECK(missing->path == directory / "missing");
    for (const std::string name : {"dangling", "fifo", "."}) {
        CAPTURE(name);
        CHECK_FALSE(host.read(directory / name));
    }
}

TEST_CASE("a link is read through and its target can be asked for") {
    const TemporaryDirectory directory;
    const LocalHost host;
    directory.write("target", "text");
    REQUIRE(::symlink("target", (directory / "link").c_str()) == 0);
    const auto state = host.read(directory / "link");
    REQUIRE(state);
    CHECK(state->path == directory / "link");
    CHECK(state->content == "text");
    CHECK(host.link_target(directory / "link") == "target");
    CHECK(host.link_target(directory / "target").empty());
}

TEST_CASE("a link to /dev/null is a file that says nothing") {
    const TemporaryDirectory directory;
    REQUIRE(::symlink("/dev/null", (directory / "mask").c_str()) == 0);
    const auto state = LocalHost{}.read(directory / "mask");
    REQUIRE(state);
    CHECK(state->exists);
    CHECK(state->content.empty());
    CHECK_FALSE(state->sha256.empty());
}

TEST_CASE("a file of more than 4 MiB is an error") {
    const TemporaryDirectory directory;
    directory.write("most", std::string(std::size_t{4} << 20U, 'x'));
    directory.write("more", std::string((std::size_t{4} << 20U) + 1, 'x'));
    CHECK(LocalHost{}.read(directory / "most"));
    CHECK_FALSE(LocalHost{}.read(directory / "more"));
}

TEST_CASE("list and glob give full paths in order, and nothing where nothing is") {
    const TemporaryDirectory directory;
    const LocalHost host;
    for (const char* name : {"b.sources", "a.sources", "c.conf", ".sources~"}) {
        directory.write(name, "");
    }
    const std::vector<std::string> wanted{directory / "a.sources", directory / "b.sources"};
    CHECK(host.list(directory.path(), ".sources") == wanted);
    CHECK(host.glob(directory / "*.sources") == wanted);
    CHECK(host.list(directory / "nowhere", "").empty());
    CHECK(host.glob(directory / "nowhere/*").empty());
}

TEST_CASE("a directory that cannot be written is named with its reason") {
    const TemporaryDirectory directory;
    const LocalHost host;
    directory.write("file", "");
    CHECK(host.why_not_writable(directory.path()).empty());
    CHECK(host.why_not_writable(directory / "made.d").empty());  // with the file in it
    CHECK(host.why_not_writable(directory / "no/made.d") ==
          directory / "no/made.d" + " cannot be used: no such file or directory");
    CHECK(host.why_not_writable(directory / "file/made.d") ==
          directory / "file/made.d" + " cannot be used: not a directory");
    REQUIRE(::symlink("nowhere", (directory / "link").c_str()) == 0);
    CHECK(host.why_not_writable(directory / "link") ==
          directory / "link" + " cannot be used: no such file or directory");
    CHECK(host.why_not_writable(directory / "file") == directory / "file" + " is no directory");
}

TEST_CASE("a command succeeds, fails with the last line of its stderr, or is killed") {
    struct Row {
        std::vector<std::string> argv;
        double limit;
        const char* error;  ///< empty: success
    };
    const Row rows[] = {
        {{"/bin/true"}, 10, ""},
        {{"/bin/sh", "-c", "exit 3"}, 10, "/bin/sh -c exit 3 failed with status 3"},
        {{"/bin/sh", "-c", "echo one >&2; echo two >&2; exit 1"},
         10,
         "/bin/sh -c echo one >&2; echo two >&2; exit 1 failed with status 1: two"},
        {{"/bin/sh", "-c", "kill -9 $$"}, 10, "/bin/sh -c kill -9 $$ was ended by signal 9"},
        {{"/bin/sleep", "100"}, 0.05, "/bin/sleep 100 did not end within 50 ms and was killed"},
        {{"/no/such/program"}, 10, "cannot run /no/such/program: no such file or directory"},
        {{"true"}, 10, "the command 'true' does not begin with an absolute path"},
        {{}, 10, "the command '' does not begin with an absolute path"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.error);
        const auto result = run_command(row.argv, Seconds{row.limit});
        CHECK((result ? "" : result.error().message) == row.error);
    }
}

TEST_CASE("a command sees nothing of our environment and has nothing to read") {
    ::setenv("CLOCKWRIGHT_TEST_SECRET", "1", 1);
    CHECK(run_command({"/bin/sh", "-c", "test -z \"$CLOCKWRIGHT_TEST_SECRET\" && ! read x"},
                      Seconds{10}));
    ::unsetenv("CLOCKWRIGHT_TEST_SECRET");
}

TEST_CASE("a command that leaves a daemon with its stderr behind is not waited for") {
    CHECK(run_command({"/bin/sh", "-c", "sleep 3 & exit 0"}, Seconds{2}));
}

TEST_CASE("what decides for root must be root's alone and no link") {
    const TemporaryDirectory directory;
    directory.write("mine", "text");
    ::chmod((directory / "mine").c_str(), 0644);
    CHECK(read_trusted(directory / "mine").value() == "text");
    REQUIRE(::symlink("mine", (directory / "link").c_str()) == 0);
    CHECK(read_trusted(directory / "link").error().fault == Fault::bad_input);
    CHECK(read_trusted(directory / "missing").error().fault == Fault::bad_input);
    if (!is_root()) {
        return;
    }
    for (const std::uint32_t mode : {0664U, 0646U}) {
        CAPTURE(mode);
        ::chmod((directory / "mine").c_str(), mode);
        CHECK(read_trusted(directory / "mine").error().fault == Fault::bad_input);
    }
    ::chmod((directory / "mine").c_str(), 0644);
    if (::chown((directory / "mine").c_str(), 1007, 0) == 0) {
        CHECK(read_trusted(directory / "mine").error().message ==
              directory / "mine" + " belongs to uid 1007, not to root");
    }
}

TEST_CASE("random bits do not repeat") {
    CHECK(random_bits() != random_bits());
}

TEST_CASE("what root's units run is root's alone, and so is all that leads there") {
    CHECK(changed_by_others("/usr/bin/env").empty());
    const TemporaryDirectory directory;  // below a directory where everybody may write
    const std::string program = directory / "program";
    REQUIRE(write_new_file(program, "#!/bin/sh\n"));
    CHECK_FALSE(changed_by_others(program).empty());
    CHECK(changed_by_others("/usr/bin/no-such-program").contains("cannot be looked at"));
}

}  // namespace clockwright::system
