using Culvert.Engine.Control;

namespace Engine.Tests.Inspection;

/// <summary>The names of Windows' pipes, on any system.</summary>
public sealed class PipeNameTests
{
    [Fact]
    public void A_pipes_own_place_is_its_name() => Assert.Equal("culvert-site-01234567", PipeControl.Name(@"\\.\pipe\culvert-site-01234567"));

    [Fact]
    public void A_file_has_a_name_derived_from_its_full_path()
    {
        var name = PipeControl.Name("/etc/culvert/a.sock");

        Assert.Matches("^culvert-[0-9a-f]{16}$", name);
        Assert.Equal(name, PipeControl.Name("/etc/./culvert/a.sock"));
        Assert.NotEqual(name, PipeControl.Name("/etc/culvert/b.sock"));
    }
}
