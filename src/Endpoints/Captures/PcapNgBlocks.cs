using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Culvert.Packets;

namespace Culvert.Endpoints.Captures;

/// <summary>
/// Writes the blocks of a pcapng section in little-endian order, times in nanoseconds since 1970 UTC. Each call writes one whole block, so that
/// what was written is a valid file after any of them. Not thread-safe.
/// </summary>
/// <param name="output">Where the blocks go.</param>
public sealed class PcapNgBlocks(IBufferWriter<byte> output)
{
    /// <summary>The link type of raw IP packets, IPv4 or IPv6.</summary>
    public const int RawIp = 101;

    /// <summary>The largest snap length, and tcpdump's own.</summary>
    public const int MaxSnapLength = 262_144;

    private const byte Nanoseconds = 9;
    private const int MaxOption = 60_000;
    private readonly Options _options = new();
    private int _interfaces;

    /// <summary>Begins a section; its interfaces are numbered from 0.</summary>
    public void WriteSection()
    {
        Span<byte> body = stackalloc byte[PcapNgFormat.SectionOptions];
        BinaryPrimitives.WriteUInt32LittleEndian(body[PcapNgFormat.SectionMagic..], PcapNgFormat.ByteOrderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(body[PcapNgFormat.SectionMajor..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(body[PcapNgFormat.SectionMinor..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(body[PcapNgFormat.SectionLength..], -1);
        _interfaces = 0;
        WriteBlock(PcapNgFormat.SectionHeader, body, [], [], NewOptions().Add(PcapNgFormat.OptionUserApplication, "culvert"));
    }

    /// <summary>Writes an interface.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">A human-readable description; null for none.</param>
    /// <param name="linkType">What the frames are.</param>
    /// <param name="snapLength">The most bytes of a frame that are kept.</param>
    /// <returns>Its number.</returns>
    public int WriteInterface(string name, string? description = null, int linkType = RawIp, int snapLength = MaxSnapLength)
    {
        Span<byte> body = stackalloc byte[PcapNgFormat.InterfaceOptions];
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.InterfaceLinkType..], linkType);
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.InterfaceSnapLength..], snapLength);
        var options = NewOptions().Add(PcapNgFormat.OptionInterfaceName, name)
            .Add(PcapNgFormat.OptionInterfaceDescription, description).Add(PcapNgFormat.OptionTimeResolution, [Nanoseconds]);
        WriteBlock(PcapNgFormat.InterfaceDescription, body, [], [], options);
        return _interfaces++;
    }

    /// <summary>Writes a packet.</summary>
    /// <param name="on">The number of its interface.</param>
    /// <param name="timestamp">Nanoseconds since 1970 UTC.</param>
    /// <param name="header">The frame's first bytes.</param>
    /// <param name="data">The frame's other bytes.</param>
    /// <param name="originalLength">The length of the whole frame; what 32 bits cannot hold stays at their end.</param>
    /// <param name="comment">A human-readable comment; null for none.</param>
    /// <param name="direction">Its direction; null for unknown.</param>
    public void WritePacket(
        int on, long timestamp, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, long originalLength, string? comment = null,
        Direction? direction = null)
    {
        Span<byte> body = stackalloc byte[PcapNgFormat.PacketData];
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.PacketInterface..], on);
        WriteTime(body[PcapNgFormat.PacketTimeHigh..], timestamp);
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.PacketCaptured..], header.Length + data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(body[PcapNgFormat.PacketOriginal..], PcapNgFormat.LengthOf(originalLength));
        var options = NewOptions().Add(PcapNgFormat.OptionComment, comment);
        if (direction is { } way)
        {
            Span<byte> flags = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(flags, way == Direction.Inbound ? PcapNgFormat.FlagInbound : PcapNgFormat.FlagOutbound);
            options.Add(PcapNgFormat.OptionPacketFlags, flags);
        }

        WriteBlock(PcapNgFormat.EnhancedPacket, body, header, data, options);
    }

    /// <summary>Writes an interface's totals so far.</summary>
    /// <param name="on">The number of the interface.</param>
    /// <param name="timestamp">Nanoseconds since 1970 UTC.</param>
    /// <param name="written">The packets that were written on it.</param>
    /// <param name="skipped">The packets that matched and were skipped.</param>
    /// <param name="accepted">The packets that matched, skipped or not.</param>
    public void WriteStatistics(int on, long timestamp, long written, long skipped, long accepted)
    {
        Span<byte> body = stackalloc byte[PcapNgFormat.StatisticsOptions];
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.StatisticsInterface..], on);
        WriteTime(body[PcapNgFormat.StatisticsTimeHigh..], timestamp);
        WriteBlock(PcapNgFormat.InterfaceStatistics, body, [], [], NewOptions().Add(PcapNgFormat.OptionReceived, written)
            .Add(PcapNgFormat.OptionSkipped, skipped).Add(PcapNgFormat.OptionAccepted, accepted));
    }

    /// <summary>Writes secrets for Wireshark's decryption of the WireGuard packets that follow.</summary>
    /// <param name="secrets">Lines of Wireshark's key log for WireGuard.</param>
    public void WriteWireGuardSecrets(ReadOnlySpan<byte> secrets)
    {
        Span<byte> body = stackalloc byte[PcapNgFormat.SecretsData];
        BinaryPrimitives.WriteUInt32LittleEndian(body[PcapNgFormat.SecretsType..], PcapNgFormat.WireGuardKeyLog);
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.SecretsLength..], secrets.Length);
        WriteBlock(PcapNgFormat.DecryptionSecrets, body, [], secrets, NewOptions());
    }

    private Options NewOptions()
    {
        _options.Clear();
        return _options;
    }

    private static void WriteTime(Span<byte> at, long timestamp)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)(timestamp >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], (uint)timestamp);
    }

    private void WriteBlock(uint type, ReadOnlySpan<byte> body, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, Options options)
    {
        var ending = options.Ending;
        var content = body.Length + header.Length + data.Length;
        var length = PcapNgFormat.MinBlock + PcapNgFormat.Padded(content) + ending.Length;
        var block = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        var rest = block[PcapNgFormat.BlockHeader..];
        body.CopyTo(rest);
        header.CopyTo(rest[body.Length..]);
        data.CopyTo(rest[(body.Length + header.Length)..]);
        rest[content..PcapNgFormat.Padded(content)].Clear();
        ending.CopyTo(rest[PcapNgFormat.Padded(content)..]);
        BinaryPrimitives.WriteInt32LittleEndian(block[^PcapNgFormat.BlockTrailer..], length);
        output.Advance(length);
    }

    /// <summary>The options of one block.</summary>
    private sealed class Options
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        /// <summary>The options with their end; nothing when there are none.</summary>
        public ReadOnlySpan<byte> Ending
        {
            get
            {
                if (_bytes.WrittenCount > 0)
                {
                    _bytes.GetSpan(PcapNgFormat.OptionHeader)[..PcapNgFormat.OptionHeader].Clear();
                    _bytes.Advance(PcapNgFormat.OptionHeader);
                }

                return _bytes.WrittenSpan;
            }
        }

        public void Clear() => _bytes.ResetWrittenCount();

        public Options Add(ushort code, string? text) =>
            string.IsNullOrEmpty(text) ? this : Add(code, Encoding.UTF8.GetBytes(text.Length > MaxOption / 4 ? text[..(MaxOption / 4)] : text));

        public Options Add(ushort code, long value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return Add(code, bytes);
        }

        public Options Add(ushort code, ReadOnlySpan<byte> value)
        {
            var padded = PcapNgFormat.Padded(value.Length);
            var option = _bytes.GetSpan(PcapNgFormat.OptionHeader + padded)[..(PcapNgFormat.OptionHeader + padded)];
            option.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(option, code);
            BinaryPrimitives.WriteUInt16LittleEndian(option[2..], (ushort)value.Length);
            value.CopyTo(option[PcapNgFormat.OptionHeader..]);
            _bytes.Advance(option.Length);
            return this;
        }
    }
}
