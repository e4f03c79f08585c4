using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Endpoints;

/// <summary>The routing table for a device's routes.</summary>
/// <param name="Number">The kernel's number of the table, 1 to 4294967295; null for auto.</param>
public sealed record RouteTable(uint? Number) : IOptionValue<RouteTable>
{
    /// <summary>RT_TABLE_MAIN of linux/rtnetlink.h.</summary>
    public const uint Main = 254;

    private const uint Local = 255; // RT_TABLE_LOCAL, which the kernel keeps itself.

    /// <summary>The main table, but a table of its own for a default route that a firewall mark keeps the tunnel's own datagrams out of.</summary>
    public static RouteTable Auto { get; } = new((uint?)null);

    /// <inheritdoc/>
    public static string Expected => "auto, main, or a table's number from 1 to 4294967295";

    /// <inheritdoc/>
    public static string JsonSchema => """{"oneOf":[{"enum":["auto","main"]},{"type":"integer","minimum":1,"maximum":4294967295}]}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out RouteTable? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = node.Scalar == "255" ? "table 255 is 'local', which the kernel keeps itself" : null;
        value = node.Scalar switch
        {
            "auto" => Auto,
            "main" => new RouteTable(Main),
            _ => node.Number is > 0 and <= uint.MaxValue and not Local and var number ? new RouteTable((uint)number) : null,
        };
        return value is not null;
    }

    /// <summary><c>auto</c>, <c>main</c> or the number.</summary>
    public override string ToString() => Number switch
    {
        null => "auto",
        Main => "main",
        { } number => number.ToString(CultureInfo.InvariantCulture),
    };
}
