namespace Plugins.Tests.Packets;

/// <summary>
/// Makes random TCP SYNs quickly, from a seed: IPv4 with options or IPv6 with extension headers, TCP options in random order with filling
/// between them, none to two of them MSS, with payload or without, behind VLAN tags or not. It remembers where it put what, so that a
/// test need not parse; checksums are summed byte by byte. Not thread-safe; the buffer is used again.
/// </summary>
internal sealed class RandomSyn(int seed)
{
    private const int LargestPayload = 64;

    private readonly Random _random = new(seed);
    private readonly byte[] _buffer = new byte[512];
    private readonly int[] _mssOffsets = new int[2];
    private int _length;
    private int _mssCount;

    /// <summary>Frame and packet.</summary>
    public Span<byte> Frame => _buffer.AsSpan(0, _length);

    /// <summary>The IP packet.</summary>
    public Span<byte> Packet => Frame[PacketOffset..];

    /// <summary>Bytes of Ethernet header and tags in front of the packet; 0 when there is no frame.</summary>
    public int PacketOffset { get; private set; }

    public bool IsIpv6 { get; private set; }

    /// <summary>True for packets that a kernel forwards: unicast addresses, hops left, no frame.</summary>
    public bool IsRoutable { get; init; }

    public bool HasAuthenticationHeader { get; private set; }

    /// <summary>True when bytes of any value follow the end of the option list.</summary>
    public bool HasPadding { get; private set; }

    /// <summary>Where TCP starts in the packet.</summary>
    public int TcpOffset { get; private set; }

    /// <summary>Where in the packet the MSS values lie.</summary>
    public ReadOnlySpan<int> MssOffsets => _mssOffsets.AsSpan(0, _mssCount);

    /// <summary>Makes the next packet, in place of the one before.</summary>
    public void Next()
    {
        _length = 0;
        _mssCount = 0;
        HasAuthenticationHeader = HasPadding = false;
        IsIpv6 = _random.Next(2) == 0;
        PutFrame(IsRoutable ? 3 : _random.Next(4));
        PacketOffset = _length;
        if (IsIpv6)
        {
            PutIpv6();
        }
        else
        {
            PutIpv4();
        }

        PutTcp();
        Seal();
    }

    /// <summary>What the packet must look like once no MSS exceeds the limit.</summary>
    public byte[] Expect(int limit)
    {
        var expected = Packet.ToArray();
        foreach (var offset in MssOffsets)
        {
            if (Read(expected, offset) > limit)
            {
                Write(expected, offset, limit);
            }
        }

        Write(expected, TcpOffset + 16, SlowTcpChecksum(expected));
        return expected;
    }

    private void PutFrame(int tags)
    {
        if (tags == 3)
        {
            return;
        }

        PutRandom(12);
        for (var i = 0; i < tags; i++)
        {
            PutWord(i < tags - 1 ? 0x88A8 : 0x8100);
            PutRandom(2);
        }

        PutWord(IsIpv6 ? 0x86DD : 0x0800);
    }

    private void PutIpv4()
    {
        var options = _random.Next(4) == 0 ? _random.Next(1, 11) : 0;
        Put((byte)(0x45 + options));
        PutRandom(7);
        Write(_buffer, _length - 2, _random.Next(2) * 0x4000);
        Put((byte)_random.Next(2, 256));
        Put(6);
        PutWord(0);
        PutAddresses([192, 0, 2, 1, 198, 51, 100, 2]);
        for (var i = 0; i < options * 4; i++)
        {
            Put(1);
        }
    }

    private void PutIpv6()
    {
        ReadOnlySpan<byte> kinds = [0, 60, 43, 51];
        Put(0x60);
        PutRandom(5);
        var next = _length;
        Put(6);
        Put((byte)_random.Next(2, 256));
        PutAddresses([0x20, 1, 0x0D, 0xB8, .. new byte[11], 1, 0x20, 1, 0x0D, 0xB8, .. new byte[11], 2]);
        for (var headers = _random.Next(4); headers > 0; headers--)
        {
            var kind = kinds[_random.Next(kinds.Length)];
            HasAuthenticationHeader |= kind == 51;
            _buffer[next] = kind;
            next = _length;
            Put(6);
            PutExtension(kind);
        }
    }

    private void PutAddresses(ReadOnlySpan<byte> routable)
    {
        PutRandom(routable.Length);
        if (IsRoutable)
        {
            routable.CopyTo(_buffer.AsSpan(_length - routable.Length));
        }
    }

    private void PutExtension(byte kind)
    {
        // Lengths count 8 bytes beyond the first 8; the Authentication Header's count 4 bytes beyond the first 8.
        var units = _random.Next(3);
        Put((byte)(kind == 51 ? units * 2 : units));
        PutRandom(6 + (units * 8));
        if (kind == 43)
        {
            _buffer[_length - (units * 8) - 5] = 0;
        }
    }

    private void PutTcp()
    {
        TcpOffset = _length - PacketOffset;
        PutRandom(12);
        var offsetByte = _length;
        Put(0);
        Put((byte)(TcpBytes.Syn | (_random.Next(2) * TcpBytes.Ack)));
        PutRandom(2);
        PutWord(0);
        PutRandom(2);
        PutOptions();
        _buffer[offsetByte] = (byte)((_length - PacketOffset - TcpOffset) / 4 << 4);
        PutRandom(_random.Next(3) == 0 ? _random.Next(LargestPayload) : 0);
    }

    private void PutOptions()
    {
        var start = _length;
        for (var count = _random.Next(6); count > 0 && _length - start < 28; count--)
        {
            PutOption(_random.Next(7));
        }

        while ((_length - start) % 4 != 0)
        {
            Put((byte)_random.Next(2));
            if (_buffer[_length - 1] == 0)
            {
                PutRandom((4 - ((_length - start) % 4)) % 4);
                HasPadding = true;
            }
        }
    }

    private void PutOption(int choice)
    {
        switch (choice)
        {
            case < 3 when _mssCount < 2:
                Put(2);
                Put(4);
                _mssOffsets[_mssCount++] = _length - PacketOffset;
                PutRandom(2);
                break;
            case 3:
                Put(3);
                Put(3);
                PutRandom(1);
                break;
            case 4:
                Put(8);
                Put(10);
                PutRandom(8);
                break;
            case 5:
                Put(4);
                Put(2);
                break;
            default:
                Put(1);
                break;
        }
    }

    private void Seal()
    {
        var packet = Packet;
        if (IsIpv6)
        {
            Write(packet, 4, packet.Length - 40);
        }
        else
        {
            Write(packet, 2, packet.Length);
            Write(packet, 10, 0xFFFF - Add(0, packet[..((packet[0] & 15) * 4)]));
        }

        Write(packet, TcpOffset + 16, SlowTcpChecksum(packet));
    }

    /// <summary>The right TCP checksum, summed word by word with the field taken as zero.</summary>
    private int SlowTcpChecksum(ReadOnlySpan<byte> packet)
    {
        var length = packet.Length - TcpOffset;
        var addresses = IsIpv6 ? packet[8..40] : packet[12..20];
        var sum = Add(6 + length, addresses);
        sum = Add(sum, packet.Slice(TcpOffset, 16));
        return 0xFFFF - Add(sum, packet[(TcpOffset + 18)..]);
    }

    private static int Add(int sum, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
            if (sum > 0xFFFF)
            {
                sum -= 0xFFFF;
            }
        }

        return sum;
    }

    private void Put(byte value) => _buffer[_length++] = value;

    private void PutWord(int value)
    {
        Write(_buffer, _length, value);
        _length += 2;
    }

    private void PutRandom(int count)
    {
        _random.NextBytes(_buffer.AsSpan(_length, count));
        _length += count;
    }

    private static int Read(ReadOnlySpan<byte> bytes, int offset) => (bytes[offset] << 8) | bytes[offset + 1];

    private static void Write(Span<byte> bytes, int offset, int word) => (bytes[offset], bytes[offset + 1]) = ((byte)(word >> 8), (byte)word);
}
