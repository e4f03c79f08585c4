using System.Runtime.CompilerServices;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>The fields of a TCP segment that the tracking of connections reads.</summary>
internal readonly struct TcpSegment
{
    private const TcpFlags Deciding = TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack;

    // RFC 7323 §2.3: a larger shift counts as 14.
    private const byte MaxScale = 14;

    private readonly TcpFlags _flags;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TcpSegment(in IpView ip, in TcpView tcp)
    {
        _flags = tcp.Flags & Deciding;
        Sequence = tcp.Sequence;
        Acknowledgment = tcp.Acknowledgment;
        Window = tcp.Window;

        // A first fragment does not tell the segment's length: as much as any can have.
        var payload = ip.MoreFragments ? ushort.MaxValue : ip.TransportLength - tcp.HeaderLength;
        End = Sequence + (uint)payload + (IsSyn ? 1u : 0) + (IsFin ? 1u : 0);
        if (IsSyn)
        {
            foreach (var option in tcp.Options)
            {
                if (option is { Kind: TcpOptionKind.WindowScale, IsWellFormed: true, Value.Length: 1 })
                {
                    (HasScale, Scale) = (true, Math.Min(option.Value[0], MaxScale));
                }
            }
        }
    }

    /// <summary>The sequence number of the first byte.</summary>
    public uint Sequence { get; }

    /// <summary>The sequence number behind the last byte; SYN and FIN count (RFC 9293 §3.4).</summary>
    public uint End { get; }

    /// <summary>The acknowledgment number; means nothing without an ACK.</summary>
    public uint Acknowledgment { get; }

    /// <summary>The window field, not scaled.</summary>
    public ushort Window { get; }

    /// <summary>The window scale option; 0 without one.</summary>
    public byte Scale { get; }

    /// <summary>Whether the segment has a window scale option.</summary>
    public bool HasScale { get; }

    /// <summary>Whether the SYN bit is set.</summary>
    public bool IsSyn => (_flags & TcpFlags.Syn) != 0;

    /// <summary>Whether the FIN bit is set.</summary>
    public bool IsFin => (_flags & TcpFlags.Fin) != 0;

    /// <summary>Whether the RST bit is set.</summary>
    public bool IsReset => (_flags & TcpFlags.Rst) != 0;

    /// <summary>Whether the ACK bit is set.</summary>
    public bool HasAck => (_flags & TcpFlags.Ack) != 0;

    /// <summary>Whether the segment opens a connection: SYN without ACK.</summary>
    public bool IsStart => _flags == TcpFlags.Syn;

    /// <summary>Reads a segment.</summary>
    /// <returns><see langword="false"/> when its header is cut, or its flags are none that a TCP sends.</returns>
    public static bool TryRead(in IpView ip, in TcpView tcp, out TcpSegment segment)
    {
        segment = new TcpSegment(ip, tcp);
        return segment._flags is TcpFlags.Syn or TcpFlags.Rst or TcpFlags.Ack or (TcpFlags.Syn | TcpFlags.Ack)
            or (TcpFlags.Rst | TcpFlags.Ack) or (TcpFlags.Fin | TcpFlags.Ack);
    }
}
