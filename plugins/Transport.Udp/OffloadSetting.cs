using System.Diagnostics.CodeAnalysis;
using Culvert.Options;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>Which ways the system may cut and join datagrams.</summary>
/// <param name="Sends">Whether one send may carry several.</param>
/// <param name="Receives">Whether several may be received as one.</param>
public sealed record OffloadSetting(bool Sends, bool Receives) : IOptionValue<OffloadSetting>
{
    /// <summary>Both ways.</summary>
    public static OffloadSetting On { get; } = new(true, true);

    /// <summary>Neither way.</summary>
    public static OffloadSetting Off { get; } = new(false, false);

    /// <inheritdoc/>
    public static string Expected => "true, false, send or receive";

    /// <inheritdoc/>
    public static string JsonSchema => """{"enum":[true,false,"send","receive"]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out OffloadSetting? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        value = node.Scalar switch
        {
            "true" => On,
            "false" => Off,
            "send" => new OffloadSetting(true, false),
            "receive" => new OffloadSetting(false, true),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>As in the file.</summary>
    public override string ToString() => (Sends, Receives) switch { (true, true) => "true", (false, false) => "false", (true, _) => "send", _ => "receive" };
}
