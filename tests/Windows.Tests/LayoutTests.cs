using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Culvert.Plugins.Tun.Windows.Interop;

namespace Windows.Tests;

/// <summary>
/// The C# structures against <c>Doubles/layouts.h</c>, the same lines that the C compiler holds mingw's <c>netioapi.h</c> to.
/// </summary>
public sealed partial class LayoutTests
{
    public static TheoryData<string, string, int> Lines()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var line in TextLines())
        {
            var match = LayoutLine().Match(line);
            if (match.Success)
            {
                var bytes = int.Parse(match.Groups["bytes"].Value, CultureInfo.InvariantCulture);
                data.Add(match.Groups["type"].Value, match.Groups["field"].Value, bytes);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void AsTheHeaderHasIt(string type, string field, int bytes)
    {
        var structure = typeof(Netioapi).GetNestedType(type, BindingFlags.Public | BindingFlags.NonPublic);
        Assert.NotNull(structure);
        var name = field.Split('.')[^1];

        Assert.Equal(bytes, name.Length == 0 ? Marshal.SizeOf(structure) : (int)Marshal.OffsetOf(structure, name));
    }

    [Fact]
    public void TheTableIsRead() => Assert.InRange(Lines().Count, 40, 100);

    [GeneratedRegex(@"^(?:SIZE|OFFSET)\((?<type>\w+), (?:(?<field>[\w.]+), )?(?<bytes>\d+)\)$")]
    private static partial Regex LayoutLine();

    private static string[] TextLines([CallerFilePath] string thisFile = "")
    {
        // Beside the test program where the sources are not at hand (under Wine).
        var beside = Path.Combine(AppContext.BaseDirectory, "layouts.h");
        return File.ReadAllLines(
            File.Exists(beside) ? beside : Path.Combine(Path.GetDirectoryName(thisFile)!, "Doubles", "layouts.h"));
    }
}
