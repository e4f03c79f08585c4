using Culvert.Options;

namespace Framework.Tests.Options;

/// <summary>Access control lists as Windows writes them, judged on any system.</summary>
public sealed class WindowsFileRightsTests
{
    private const int Read = 0x0012_0089;
    private const int Full = 0x001F_01FF;
    private const int Execute = 0x0012_00A0;
    private const string Owner = "S-1-5-21-1-2-3-1001";

    [Theory]
    [InlineData("the owner and the system", false, Owner, true, Full, "S-1-5-18", true, Full)]
    [InlineData("administrators may do all", false, "S-1-5-32-544", true, Full, Owner, true, Read)]
    [InlineData("users may read", true, Owner, true, Full, "S-1-5-32-545", true, Read)]
    [InlineData("everyone may read", true, "S-1-1-0", true, Read, Owner, true, Full)]
    [InlineData("authenticated users by a generic right", true, "S-1-5-11", true, 0x1000_0000, Owner, true, Full)]
    [InlineData("everyone may write only", true, "S-1-1-0", true, 0x2, Owner, true, Full)]
    [InlineData("users may only run it", false, "S-1-5-32-545", true, Execute, Owner, true, Full)]
    [InlineData("denied before it is allowed", false, "S-1-5-32-545", false, Full, "S-1-5-32-545", true, Read)]
    [InlineData("denied to everyone before users are allowed", false, "S-1-1-0", false, Full, "S-1-5-32-545", true, Read)]
    [InlineData("allowed before it is denied", true, "S-1-5-32-545", true, Read, "S-1-5-32-545", false, Full)]
    public void Cases(string name, bool open, string sid, bool allows, int mask, string otherSid, bool otherAllows, int otherMask)
    {
        Assert.NotEmpty(name);
        Assert.Equal(open, WindowsFileRights.IsOpenToAll([(sid, allows, mask), (otherSid, otherAllows, otherMask)]));
    }
}
