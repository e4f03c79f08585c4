namespace Conventions.Tests;

/// <summary>Addresses are parsed in one place, because the base library accepts forms on which programs disagree.</summary>
public sealed class AddressTests
{
    // Text that never comes from a file, a socket or a command line.
    private static readonly string[] Own = ["src/Wire/AddressText.cs", "src/Framework/Options/HostEndpoint.cs"];

    private static readonly string[] Parsers =
        ["IPAddress.TryParse", "IPAddress.Parse", "IPNetwork.TryParse", "IPNetwork.Parse", "IPEndPoint.TryParse", "IPEndPoint.Parse"];

    [Fact]
    public void Only_AddressText_parses_addresses()
    {
        var offenders = new[] { "src", "plugins" }.SelectMany(folder => Repository.Files(folder, ".cs"))
            .Where(file => !Own.Contains(Repository.Relative(file)) && !Repository.Relative(file).StartsWith("src/Testing/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => Parsers.Any(parser =>
                line.Contains(parser + "(", StringComparison.Ordinal) && !line.Contains(parser + "(\"", StringComparison.Ordinal))));

        Assert.Empty(offenders.Select(Repository.Relative));
    }
}
