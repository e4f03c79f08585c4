using System.Collections.Frozen;

namespace Culvert.Filtering.Grammar;

/// <summary>Every keyword of the language.</summary>
internal static class Words
{
    public static readonly FrozenSet<string> All = new[]
    {
        "and", "or", "not", "src", "dst", "ip", "ip6", "fragment", "inbound", "outbound", "length", "len", "less", "greater",
    }.Concat(ValueKinds.ByWord.Keys).Concat(Names.Protocols.Keys).Concat(Names.TcpFlags.Keys).ToFrozenSet();
}
