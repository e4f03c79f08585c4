/*
 * A test double of the calls of iphlpapi.dll that set addresses, routes and an interface's MTU. It keeps rows by interface and answers
 * as the real ones do: a row that is there already, a row that is not, IPv4's prefix length that must be 0, a family that is switched off.
 */
#include "rows.h"

#define MAX_ROWS 64

#ifdef _WIN32
typedef PIPINTERFACE_CHANGE_CALLBACK change_t;
#else
typedef void (*change_t)(void *context, MIB_IPINTERFACE_ROW *row, int kind);
#endif

struct iface { uint64_t luid; BOOL used, no_ipv6; uint32_t mtu[2], metric[2]; uint8_t automatic[2]; };

static MIB_UNICASTIPADDRESS_ROW addresses[MAX_ROWS];
static MIB_IPFORWARD_ROW2 routes[MAX_ROWS];
static int address_count, route_count;
static struct iface ifaces[MAX_ROWS];
static uint32_t refuse_with;
static change_t watcher;
static void *watcher_context;

static struct iface *iface_of(uint64_t luid)
{
    int i = 0;
    while (ifaces[i].used && ifaces[i].luid != luid)
        i++;
    if (!ifaces[i].used) {
        memset(&ifaces[i], 0, sizeof ifaces[i]);
        ifaces[i].used = TRUE;
        ifaces[i].luid = luid;
        ifaces[i].mtu[0] = ifaces[i].mtu[1] = 65535;
        ifaces[i].automatic[0] = ifaces[i].automatic[1] = 1;
    }
    return &ifaces[i];
}

static int address_length(const SOCKADDR_INET *address)
{
    return address->si_family == AF_INET_WINDOWS ? 8 : 24;
}

static BOOL same_address(const SOCKADDR_INET *a, const SOCKADDR_INET *b)
{
    return a->si_family == b->si_family && memcmp(a, b, address_length(a)) == 0;
}

static BOOL valid_family(const SOCKADDR_INET *address)
{
    return address->si_family == AF_INET_WINDOWS || address->si_family == AF_INET6_WINDOWS;
}

EXPORT void WINAPI InitializeUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW *row)
{
    memset(row, 0, sizeof *row);
    row->ValidLifetime = row->PreferredLifetime = 0xFFFFFFFF;
    row->OnLinkPrefixLength = 255;
    row->DadState = 1;
}

EXPORT DWORD WINAPI CreateUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *row)
{
    if (refuse_with)
        return refuse_with;
    if (!valid_family(&row->Address) || row->OnLinkPrefixLength > 128)
        return ERROR_INVALID_PARAMETER;
    for (int i = 0; i < address_count; i++)
        if (same_address(&addresses[i].Address, &row->Address))
            return ERROR_OBJECT_ALREADY_EXISTS;
    addresses[address_count++] = *row;
    return 0;
}

EXPORT DWORD WINAPI DeleteUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *row)
{
    for (int i = 0; i < address_count; i++) {
        if (same_address(&addresses[i].Address, &row->Address) && LUID_OF(&addresses[i]) == LUID_OF(row)) {
            addresses[i] = addresses[--address_count];
            return 0;
        }
    }
    return ERROR_NOT_FOUND;
}

EXPORT void WINAPI InitializeIpForwardEntry(MIB_IPFORWARD_ROW2 *row)
{
    memset(row, 0, sizeof *row);
    row->ValidLifetime = row->PreferredLifetime = row->Metric = 0xFFFFFFFF;
    row->Protocol = 3;
    row->Immortal = 1;
}

static BOOL same_route(const MIB_IPFORWARD_ROW2 *a, const MIB_IPFORWARD_ROW2 *b)
{
    return LUID_OF(a) == LUID_OF(b) && a->DestinationPrefix.PrefixLength == b->DestinationPrefix.PrefixLength
        && same_address(&a->DestinationPrefix.Prefix, &b->DestinationPrefix.Prefix) && same_address(&a->NextHop, &b->NextHop);
}

EXPORT DWORD WINAPI CreateIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row)
{
    if (refuse_with)
        return refuse_with;
    if (!valid_family(&row->DestinationPrefix.Prefix) || row->NextHop.si_family != row->DestinationPrefix.Prefix.si_family)
        return ERROR_INVALID_PARAMETER;
    for (int i = 0; i < route_count; i++)
        if (same_route(&routes[i], row))
            return ERROR_OBJECT_ALREADY_EXISTS;
    routes[route_count++] = *row;
    return 0;
}

EXPORT DWORD WINAPI DeleteIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row)
{
    for (int i = 0; i < route_count; i++) {
        if (same_route(&routes[i], row)) {
            routes[i] = routes[--route_count];
            return 0;
        }
    }
    return ERROR_NOT_FOUND;
}

EXPORT void WINAPI InitializeIpInterfaceEntry(MIB_IPINTERFACE_ROW *row)
{
    memset(row, 0, sizeof *row);
    row->Metric = 0xFFFFFFFF;
}

EXPORT DWORD WINAPI GetIpInterfaceEntry(MIB_IPINTERFACE_ROW *row)
{
    struct iface *iface = iface_of(LUID_OF(row));
    int family = row->Family == AF_INET6_WINDOWS;
    if (family && iface->no_ipv6)
        return ERROR_NOT_FOUND;
    row->NlMtu = iface->mtu[family];
    row->Metric = iface->metric[family];
    row->UseAutomaticMetric = iface->automatic[family];
    row->SitePrefixLength = 64; /* the real one gives a value for IPv4 that it does not take back */
    return 0;
}

EXPORT DWORD WINAPI SetIpInterfaceEntry(MIB_IPINTERFACE_ROW *row)
{
    struct iface *iface = iface_of(LUID_OF(row));
    int family = row->Family == AF_INET6_WINDOWS;
    if (refuse_with)
        return refuse_with;
    if ((!family && row->SitePrefixLength != 0) || row->NlMtu < (family ? 1280u : 352u))
        return ERROR_INVALID_PARAMETER;
    iface->mtu[family] = row->NlMtu;
    iface->metric[family] = row->Metric;
    iface->automatic[family] = row->UseAutomaticMetric;
    return 0;
}

EXPORT DWORD WINAPI NotifyIpInterfaceChange(uint16_t family, change_t callback, void *context, uint8_t initial, HANDLE *handle)
{
    (void)family, (void)initial;
    watcher = callback;
    watcher_context = context;
    *handle = (HANDLE)&watcher;
    return 0;
}

EXPORT DWORD WINAPI CancelMibChangeNotify2(HANDLE handle)
{
    (void)handle;
    watcher = NULL;
    return 0;
}

/* For tests. */

EXPORT void double_reset(void)
{
    address_count = route_count = 0;
    refuse_with = 0;
    memset(ifaces, 0, sizeof ifaces);
}

EXPORT void double_refuse(uint32_t code) { refuse_with = code; }

EXPORT int double_address_count(void) { return address_count; }

EXPORT int double_route_count(void) { return route_count; }

EXPORT void double_address(int index, MIB_UNICASTIPADDRESS_ROW *row) { *row = addresses[index]; }

EXPORT void double_route(int index, MIB_IPFORWARD_ROW2 *row) { *row = routes[index]; }

EXPORT void double_no_ipv6(uint64_t luid) { iface_of(luid)->no_ipv6 = TRUE; }

EXPORT uint32_t double_mtu(uint64_t luid, int ipv6) { return iface_of(luid)->mtu[ipv6]; }

EXPORT int double_automatic_metric(uint64_t luid, int ipv6) { return iface_of(luid)->automatic[ipv6]; }

/* Somebody else sets the MTU: the watcher is told, as the system would tell it. */
EXPORT void double_set_mtu(uint64_t luid, uint32_t mtu)
{
    MIB_IPINTERFACE_ROW row;
    iface_of(luid)->mtu[0] = iface_of(luid)->mtu[1] = mtu;
    memset(&row, 0, sizeof row);
    LUID_OF(&row) = luid;
    if (watcher)
        watcher(watcher_context, &row, 0);
}
