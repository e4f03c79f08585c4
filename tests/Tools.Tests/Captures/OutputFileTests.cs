using Culvert.Testing;
using Culvert.Tools.Captures;

namespace Tools.Tests.Captures;

/// <summary>A command's output never destroys what it reads, and appears whole.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-output-");

    private string Input { get; }

    public OutputFileTests()
    {
        Input = Path.Combine(_folder.FullName, "in.pcap");
        File.WriteAllText(Input, "what is read");
    }

    [Theory]
    [InlineData("itself")]
    [InlineData("relative")]
    [InlineData("symbolic link")]
    [InlineData("link to a link")]
    public void The_output_is_none_of_the_inputs_under_any_name(string how)
    {
        var link = Path.Combine(_folder.FullName, "link");
        var second = Path.Combine(_folder.FullName, "second");
        File.CreateSymbolicLink(link, Input);
        File.CreateSymbolicLink(second, link);
        var name = how switch
        {
            "itself" => Input,
            "relative" => Path.GetRelativePath(Environment.CurrentDirectory, Input),
            "symbolic link" => link,
            _ => second,
        };

        var refused = Assert.Throws<InvalidDataException>(() => OutputFile.Create(name, Input));

        Assert.Contains("write to another file", refused.Message, StringComparison.Ordinal);
        Assert.Equal("what is read", File.ReadAllText(Input));
    }

    [Fact]
    public void The_old_file_stays_until_the_new_one_is_whole()
    {
        var output = Path.Combine(_folder.FullName, "out.pcap");
        File.WriteAllText(output, "old");
        using (var stream = OutputFile.Create(output, Input))
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(output));
        }

        Assert.Equal("new", File.ReadAllText(output));
        Assert.Equal(["in.pcap", "out.pcap"], _folder.EnumerateFiles().Select(file => file.Name).Order());
    }

    [Fact]
    public void A_link_keeps_leading_to_its_file()
    {
        var target = Path.Combine(_folder.FullName, "target.pcap");
        var link = Path.Combine(_folder.FullName, "link");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);

        OutputFile.Create(link, Input).Dispose();

        Assert.Equal("", File.ReadAllText(target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_device_is_written_as_it_is()
    {
        if (OperatingSystem.IsLinux())
        {
            OutputFile.Create("/dev/null", Input).Dispose();

            Assert.NotEqual((FileAttributes)0, File.GetAttributes("/dev/null"));
            Assert.Empty(Directory.GetFiles("/dev", ".null*"));
        }
    }

    [Fact]
    public void A_cooked_frame_with_a_VLAN_tag_has_its_IP_packet_behind_the_tag()
    {
        var packet = PacketBuilder.Ipv4().Tcp().Build();
        byte[] tagged = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0x00, 0x00, 0x07, 0x08, 0x00, .. packet];

        Assert.True(LinkLayer.TryFindIp(LinkType.LinuxCooked, tagged, out var offset));
        Assert.Equal(packet, tagged[offset..]);
        Assert.False(LinkLayer.TryFindIp(LinkType.LinuxCooked, tagged.AsSpan(0, 18), out _));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
