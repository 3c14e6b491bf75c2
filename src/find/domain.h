/// Whether this host is a member of a domain whose controllers give it time (Active Directory,
/// FreeIPA): by its files, without a packet.
#pragma once

#include <optional>

#include "daemon/host.h"
#include "daemon/host_facts.h"

namespace clockwright {

/// SSSD with `id_provider = ad` or `ipa`, winbind (`security = ads`), or a Kerberos keytab together
/// with a default realm; what is closed to this user is taken for what its presence says.
std::optional<DomainMembership> domain_membership(const Host& host);

}  // namespace clockwright
