using Culvert.Engine.Plugins;
using Culvert.Plugins.ChecksumGuard;
using Culvert.Plugins.Dscp;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.MssClamp;
using Culvert.Plugins.Nat;
using Culvert.Plugins.Plaintext;
using Culvert.Plugins.Police;
using Culvert.Plugins.StatefulFilter;
using Culvert.Plugins.Transport.Tcp;
using Culvert.Plugins.Transport.Udp;
using Culvert.Plugins.Tun.Linux;
using Culvert.Endpoints;

namespace Fuzz.Tests.Targets;

/// <summary>The real stages, as instrumented code.</summary>
internal static class Stages
{
    /// <summary>Each of them.</summary>
    public static StageType[] All { get; } =
    [
        StageType.Of<TunStage, TunOptions>(), StageType.Of<FilterStage, FilterOptions>(), StageType.Of<NatStage, NatOptions>(),
        StageType.Of<MssClampStage, MssClampOptions>(), StageType.Of<ChecksumGuardStage, ChecksumGuardOptions>(), StageType.Of<DscpStage, DscpOptions>(),
        StageType.Of<PoliceStage, PoliceOptions>(), StageType.Of<EncryptStage, EncryptOptions>(), StageType.Of<PlaintextStage, PlaintextOptions>(),
        StageType.Of<UdpStage, UdpOptions>(), StageType.Of<TcpStage, TcpOptions>(),
    ];
}
