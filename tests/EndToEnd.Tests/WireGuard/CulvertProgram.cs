namespace EndToEnd.Tests.WireGuard;

/// <summary>Where the built program lies: beside this test's own output.</summary>
internal static class CulvertProgram
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        // artifacts/bin/EndToEnd.Tests/debug → artifacts/bin/Host/debug
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return System.IO.Path.Combine(output.Parent!.Parent!.FullName, "Host", output.Name, "culvert");
    }
}
