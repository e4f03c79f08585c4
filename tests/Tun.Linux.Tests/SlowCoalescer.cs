namespace Tun.Linux.Tests;

/// <summary>
/// The coalescer's slow, obvious twin: reads every field from its place in RFC 791, 8200, 9293 and 768, keeps lists, and says of two
/// packets in full why they may stand together. TCP and UDP without IP options or extension headers only; anything else goes alone.
/// </summary>
internal static class SlowCoalescer
{
    public static List<List<int>> Sort(IReadOnlyList<byte[]> packets)
    {
        var groups = new List<List<int>>();
        var read = packets.Select(Read).ToArray();
        for (var i = 0; i < packets.Count; i++)
        {
            var flow = read[i].Flow;
            var latest = flow is null ? null : groups.LastOrDefault(group => read[group[0]].Flow == flow);
            if (latest is not null && MayJoin(latest.Select(place => read[place]).ToArray(), read[i]))
            {
                latest.Add(i);
            }
            else
            {
                groups.Add([i]);
            }
        }

        return groups;
    }

    private static bool MayJoin(Fields[] group, Fields next)
    {
        var first = group[0];
        var last = group[^1];
        var step = (ushort)(next.Id - last.Id);
        var steps = group.Skip(1).Zip(group, (later, earlier) => (ushort)(later.Id - earlier.Id));
        return first.MayJoin && next.MayJoin
            && group.All(packet => packet.Intact) && next.Intact
            && !last.Push
            && last.Payload == first.Payload
            && next.Payload <= first.Payload
            && next.Rest == first.Rest
            && (first.Sequence is null || next.Sequence == last.Sequence + (uint)last.Payload)
            && (first.Version == 6 || step == 1 || (step == 0 && first.DontFragment))
            && (first.Version == 6 || steps.All(earlier => earlier == step))
            && first.Headers + group.Sum(packet => packet.Payload) + next.Payload <= 65535
            && (first.Sequence is not null || group.Length < 64);
    }

    private static Fields Read(byte[] p)
    {
        var version = p.Length == 0 ? 0 : p[0] >> 4;
        var ip = version switch { 4 when p.Length >= 20 && p[0] == 0x45 => 20, 6 when p.Length >= 40 => 40, _ => 0 };
        if (ip == 0)
        {
            return new Fields();
        }

        var protocol = version == 4 ? p[9] : p[6];
        var length = version == 4 ? (p[2] << 8) + p[3] : 40 + (p[4] << 8) + p[5];
        var fragment = version == 4 && ((p[6] & 0x3F) != 0 || p[7] != 0);
        var headers = protocol switch { 6 when p.Length >= ip + 20 => ip + ((p[ip + 12] >> 4) * 4), 17 when p.Length >= ip + 8 => ip + 8, _ => 0 };
        if (headers == 0 || headers > length || length != p.Length || fragment)
        {
            return new Fields();
        }

        var addresses = version == 4 ? p[12..20] : p[8..40];
        var flow = Convert.ToHexString([(byte)version, protocol, .. addresses, .. p[ip..(ip + 4)]]);
        var ipRest = version == 4 ? new[] { p[1], (byte)(p[6] & 0xC0), p[8] } : [p[0], p[1], p[2], p[3], p[7]];
        var fields = new Fields
        {
            Version = version,
            Flow = flow,
            Headers = headers,
            Payload = length - headers,
            Id = version == 4 ? (p[4] << 8) + p[5] : 0,
            DontFragment = version == 4 && (p[6] & 0x40) != 0,
            Intact = SlowChecksum.Holds(p),
        };
        if (protocol == 17)
        {
            var udpLength = (p[ip + 4] << 8) + p[ip + 5];
            return fields with
            {
                MayJoin = fields.Payload > 0 && udpLength == length - ip && (p[ip + 6] | p[ip + 7]) != 0,
                Rest = Convert.ToHexString(ipRest),
            };
        }

        var flags = ((p[ip + 12] & 0xF) << 8) + p[ip + 13];
        return fields with
        {
            Sequence = ((uint)p[ip + 4] << 24) + ((uint)p[ip + 5] << 16) + ((uint)p[ip + 6] << 8) + p[ip + 7],
            Push = (flags & 8) != 0,
            MayJoin = fields.Payload > 0 && (flags & 0x1F7) == 0x10 && (p[ip + 18] | p[ip + 19]) == 0,
            Rest = Convert.ToHexString([.. ipRest, .. p[(ip + 8)..(ip + 12)], p[ip + 12], p[ip + 14], p[ip + 15], .. p[(ip + 20)..headers]]),
        };
    }

    /// <summary>One packet's fields; a packet of no flow has none.</summary>
    private sealed record Fields
    {
        public int Version { get; init; }

        public string? Flow { get; init; }

        public bool MayJoin { get; init; }

        public bool Intact { get; init; }

        public bool Push { get; init; }

        public bool DontFragment { get; init; }

        public int Headers { get; init; }

        public int Payload { get; init; }

        public int Id { get; init; }

        public uint? Sequence { get; init; }

        public string Rest { get; init; } = "";
    }
}
