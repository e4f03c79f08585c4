using Culvert.Host.Commands;
using Culvert.Host.Wg;

namespace Tools.Tests.Wg;

public sealed class WgInterfaceTests
{
    [Theory]
    [InlineData("wg0", true)]
    [InlineData("a_=+.-9", true)]
    [InlineData("fifteen-letters", true)]
    [InlineData("sixteen--letters", false)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\"\n", false)]
    [InlineData("ä", false)]
    public async Task A_name_is_one_that_wg_can_show(string name, bool valid)
    {
        Assert.Equal(valid, WgInterface.IsName(name));
        if (!valid)
        {
            var (code, _, error) = await CommandLine.Run("wg", "--", name);
            Assert.Equal(2, code);
            Assert.Contains("is not a valid interface name; use 1 to 15 letters", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_pipeline_passes_check_and_has_the_stages_of_the_page()
    {
        using var folder = new ScratchFolder();
        var yaml = new WgInterface("wg0", WgInterface.DefaultPathMtu).ToYaml();
        var file = folder.Write("wg0.yaml", $"plugin-paths: [\"{CommandLine.Plugins}\"]\n" + yaml);
        var (code, output, error) = await CommandLine.Run("check", file);
        Assert.Equal((0, ""), (code, error));
        Assert.All(new[] { "tun ", "mss-clamp ", "checksum-guard ", "encrypt ", "udp " }, stage => Assert.Contains(stage, output, StringComparison.Ordinal));
        Assert.Contains("9216 (udp: path-mtu)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_mtu_out_of_range_is_told()
    {
        var (code, _, error) = await CommandLine.Run("wg", "--path-mtu", "1000", "wg0");
        Assert.Equal(2, code);
        Assert.Contains("--path-mtu is '1000'; write a number from 1500 to 65535", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_commands_know_the_file_by_the_interface()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Skip("The folder is root's.");
        }

        var device = new WgInterface($"t{Environment.ProcessId % 100_000}", WgInterface.DefaultPathMtu);
        Directory.CreateDirectory(WgInterface.Folder);
        File.WriteAllText(device.File, device.ToYaml());
        try
        {
            Assert.Equal(RunningPipeline.Places(device.File), RunningPipeline.Places(device.Name));
        }
        finally
        {
            File.Delete(device.File);
        }
    }
}
