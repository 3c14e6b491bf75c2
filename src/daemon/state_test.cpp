#include "daemon/state.h"

#include <doctest/doctest.h>

using namespace clockwright;

TEST_CASE("a daemon is synchronised when it follows something that is not its own clock") {
    struct Row {
        std::uint32_t refid;
        const char* reference;  ///< empty: none
        Leap leap;
        bool synchronised, local;
    };
    for (const Row& row :
         {Row{0x7f00000b, "127.0.0.11", Leap::none, true, false},
          Row{0x7f00000b, "127.0.0.11", Leap::insert, true, false},
          Row{0x7f00000b, "127.0.0.11", Leap::unsynchronised, false, false},
          Row{0x47505300, "", Leap::none, true, false},
          Row{0x7f7f0101, "", Leap::none, false, true},
          Row{0x7f7f0101, "127.127.1.1", Leap::none, true, false},
          Row{0x7f7f0100, "", Leap::none, false, true},
          Row{0x7f000001, "", Leap::none, false, true},
          Row{0x7f000001, "127.0.0.1", Leap::none, true, false},
          Row{0x4c4f4f50, "", Leap::none, false, true},
          Row{0x4c4f434c, "", Leap::none, false, true}, Row{0, "", Leap::none, false, false},
          Row{0, "", Leap::unsynchronised, false, false}}) {
        CAPTURE(row.refid);
        CAPTURE(row.reference);
        CAPTURE(row.leap);
        DaemonTracking tracking;
        tracking.refid = row.refid;
        tracking.reference = parse_address(row.reference);
        tracking.leap = row.leap;
        CHECK(tracking.synchronised() == row.synchronised);
        CHECK(tracking.local_reference() == row.local);
    }
}
