#include "find/domain.h"

#include <doctest/doctest.h>

#include "tests/fakes/tree_host.h"

using namespace clockwright;

TEST_CASE("SSSD with an AD or IPA provider makes a member") {
    TreeHost host;
    host.files["/etc/sssd/sssd.conf"] =
        "[sssd]\ndomains = corp.example\n[domain/corp.example]\nID_Provider = AD\n"
        "krb5_realm = CORP.EXAMPLE\n";
    const auto found = domain_membership(host);
    REQUIRE(found);
    CHECK(found->domain == "CORP.EXAMPLE");
    CHECK(found->evidence == "/etc/sssd/sssd.conf:4");
    host.files["/etc/sssd/sssd.conf"] = "[domain/x]\nid_provider = ldap\n";
    CHECK_FALSE(domain_membership(host));
}

TEST_CASE("winbind makes a member") {
    TreeHost host;
    host.files["/etc/samba/smb.conf"] =
        "[global]\n; security = user\n security = ADS\n"
        " realm = CORP.EXAMPLE\n";
    const auto found = domain_membership(host);
    REQUIRE(found);
    CHECK(found->domain == "CORP.EXAMPLE");
    CHECK(found->evidence == "/etc/samba/smb.conf:3");
}

TEST_CASE("a keytab tells of a member when its owner's files are closed, a realm alone does not") {
    TreeHost host;
    host.files["/etc/krb5.conf"] = "[libdefaults]\n default_realm = CORP.EXAMPLE\n";
    CHECK_FALSE(domain_membership(host));
    host.closed = {"/etc/sssd/sssd.conf", "/etc/krb5.keytab"};
    const auto found = domain_membership(host);
    REQUIRE(found);
    CHECK(found->domain == "CORP.EXAMPLE");
    CHECK(found->evidence == "/etc/krb5.keytab");
}
