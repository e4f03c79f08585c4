namespace EndToEnd.Tests;

/// <summary>What a running site has mapped into its memory.</summary>
public sealed class LoadedFilesTests
{
    [Fact]
    public void Libsodium_is_loaded_once_and_only_the_plugins_that_the_file_names()
    {
        using var sites = TwoSites.Start();

        var files = MappedFiles(sites.Left.Id);

        Assert.Single(files, file => Path.GetFileName(file).StartsWith("libsodium", StringComparison.Ordinal));
        Assert.Single(files, file => Path.GetFileName(file) == "NSec.Cryptography.dll");
        Assert.Single(files, file => Path.GetFileName(file) == "Culvert.Framework.dll");
        string[] named = ["ChecksumGuard.dll", "Encrypt.dll", "MssClamp.dll", "Transport.Udp.dll", "Tun.Linux.dll"];
        Assert.Equal(named, files.Where(file => file.Contains("/plugins/", StringComparison.Ordinal)).Select(Path.GetFileName).Intersect(named).Order());
        Assert.DoesNotContain(files, file => Path.GetFileName(file) is "Plaintext.dll" or "Tun.Windows.dll");
    }

    // Address, rights, offset, device, inode, path: proc(5).
    private static string[] MappedFiles(int process) =>
        [.. File.ReadLines($"/proc/{process}/maps").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 5).Select(fields => fields[5]).Distinct()];
}
