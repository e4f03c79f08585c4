using System.Text.RegularExpressions;

namespace Conventions.Tests;

/// <summary>
/// The protocol of the plugin encrypt can be read alone: its folders use only those before them, and it knows neither the stage nor its options.
/// </summary>
public sealed partial class WireGuardLayerTests
{
    private const string Plugin = "plugins/Encrypt";
    private const string Protocol = Plugin + "/WireGuard";
    private const string Face = "";

    private static readonly string[] Order =
        ["Interop", "Keys", "Suites", "Noise", "Messages", "Probing", "Local", "Peers", "Handshakes", "Paths", Face, "Uapi"];

    public static TheoryData<string> Layers => [.. Order];

    [Fact]
    public void Every_folder_has_its_place() => Assert.Equal(
        Order.Where(layer => layer != Face).Order(),
        Directory.EnumerateDirectories(Path.Combine(Repository.Root, Protocol)).Select(folder => Path.GetFileName(folder)).Order());

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_folder_uses_only_those_before_it(string layer)
    {
        var later = Order.Skip(Array.IndexOf(Order, layer) + 1).ToArray();
        var forbidden = later.Select(other => $"using Culvert.Plugins.Encrypt.WireGuard.{other};").ToArray();
        // Types of an enclosing namespace need no using.
        var enclosing = TypesOf(Plugin).Concat(later.Contains(Face) ? TypesOf(Protocol) : []).Append("IStageContext").ToHashSet();

        var offenders = FilesOf(layer).SelectMany(file =>
        {
            var code = Comments().Replace(File.ReadAllText(file), "");
            var used = Words().Matches(code).Select(match => match.Value).Where(enclosing.Contains);
            return forbidden.Where(directive => code.Contains(directive, StringComparison.Ordinal)).Concat(used)
                .Select(what => $"{Repository.Relative(file)}: {what}");
        });
        Assert.Empty(offenders);
    }

    private static IEnumerable<string> FilesOf(string layer) => Directory.EnumerateFiles(Path.Combine(Repository.Root, Protocol, layer), "*.cs");

    private static IEnumerable<string> TypesOf(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs").Select(file => Path.GetFileNameWithoutExtension(file));

    [GeneratedRegex("//.*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();
}
