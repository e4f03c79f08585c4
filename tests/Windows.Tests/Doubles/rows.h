/* On Linux: the rows of netioapi.h, spelled out with explicit padding. layouts.h holds them, the real header and the C# structures to
   the same numbers. */
#pragma once
#include "platform.h"

#ifndef _WIN32
#define AF_INET_WINDOWS 2
#define AF_INET6_WINDOWS 23

typedef union {
    uint16_t si_family;
    struct { uint16_t sin_family, sin_port; uint8_t sin_addr[4]; uint8_t sin_zero[8]; } Ipv4;
    struct { uint16_t sin6_family, sin6_port; uint32_t sin6_flowinfo; uint8_t sin6_addr[16]; uint32_t sin6_scope_id; } Ipv6;
} SOCKADDR_INET;

typedef struct {
    SOCKADDR_INET Address;
    uint64_t InterfaceLuid;
    uint32_t InterfaceIndex;
    int PrefixOrigin, SuffixOrigin;
    uint32_t ValidLifetime, PreferredLifetime;
    uint8_t OnLinkPrefixLength, SkipAsSource;
    int DadState;
    uint32_t ScopeId;
    int64_t CreationTimeStamp;
} MIB_UNICASTIPADDRESS_ROW;

typedef struct { SOCKADDR_INET Prefix; uint8_t PrefixLength; } IP_ADDRESS_PREFIX;

typedef struct {
    uint64_t InterfaceLuid;
    uint32_t InterfaceIndex;
    IP_ADDRESS_PREFIX DestinationPrefix;
    SOCKADDR_INET NextHop;
    uint8_t SitePrefixLength;
    uint32_t ValidLifetime, PreferredLifetime, Metric;
    int Protocol;
    uint8_t Loopback, AutoconfigureAddress, Publish, Immortal;
    uint32_t Age;
    int Origin;
} MIB_IPFORWARD_ROW2;

typedef struct {
    uint16_t Family;
    uint64_t InterfaceLuid;
    uint32_t InterfaceIndex, MaxReassemblySize;
    uint64_t InterfaceIdentifier;
    uint32_t MinRouterAdvertisementInterval, MaxRouterAdvertisementInterval;
    uint8_t AdvertisingEnabled, ForwardingEnabled, WeakHostSend, WeakHostReceive, UseAutomaticMetric, UseNeighborUnreachabilityDetection,
        ManagedAddressConfigurationSupported, OtherStatefulConfigurationSupported, AdvertiseDefaultRoute;
    int RouterDiscoveryBehavior;
    uint32_t DadTransmits, BaseReachableTime, RetransmitTime, PathMtuDiscoveryTimeout;
    int LinkLocalAddressBehavior;
    uint32_t LinkLocalAddressTimeout, ZoneIndices[16], SitePrefixLength, Metric, NlMtu;
    uint8_t Connected, SupportsWakeUpPatterns, SupportsNeighborDiscovery, SupportsRouterDiscovery;
    uint32_t ReachableTime;
    uint8_t TransmitOffload, ReceiveOffload, DisableDefaultRoutes;
} MIB_IPINTERFACE_ROW;
#define LUID_OF(row) ((row)->InterfaceLuid)
#else
#define AF_INET_WINDOWS AF_INET
#define AF_INET6_WINDOWS AF_INET6
#define LUID_OF(row) ((row)->InterfaceLuid.Value)
#endif

#include "layouts.h"
