using Culvert.Plugins.MssClamp;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Cases;

/// <summary>One row of a case table: a packet, what the clamp is told, and what must come out.</summary>
/// <param name="Row">The row's number, with a letter where a row has several packets: <c>A1</c>, <c>O3b</c>.</param>
/// <param name="About">The row in words.</param>
/// <param name="Source">Where the right behaviour is written down.</param>
/// <param name="Before">The packet that comes in.</param>
/// <param name="Counters">What is counted for it besides zeros, without its tags.</param>
internal sealed record ClampCase(string Row, string About, string Source, byte[] Before, params string[] Counters)
{
    /// <summary>The packet that must come out; left out: byte for byte what came in.</summary>
    public byte[]? After { get; init; }

    /// <summary>The stage's options.</summary>
    public MssClampOptions Options { get; init; } = To(1360);

    /// <summary>The MTU at the stage's place.</summary>
    public int Mtu { get; init; } = 1420;

    /// <summary>True when the packet's TCP checksum is right before and so must be right after.</summary>
    public bool IsSound { get; init; } = true;

    public ClampCase(string row, string about, string source, TcpPacket before, params string[] counters)
        : this(row, about, source, before.ToBytes(), counters)
    {
    }

    /// <summary>Options with one limit for both families.</summary>
    public static MssClampOptions To(int limit) => new() { Mss = new MssSetting(MssValue.Of(limit), MssValue.Of(limit)) };

    public static byte[] Hex(string text) => Convert.FromHexString(text);

    public override string ToString() => $"{Row} {About}";
}
