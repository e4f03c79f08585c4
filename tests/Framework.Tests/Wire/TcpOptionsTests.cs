using System.Globalization;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>The option walk, rows O1 to O6: each line is "kind@offset:length", an exclamation mark where it is not well-formed.</summary>
public sealed class TcpOptionsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("020405b4", "2@20:4")]
    [InlineData("01010402020405b4", "1@20:1 1@21:1 4@22:2 2@24:4")]
    [InlineData("0402080a0862af40081b5bcd020405b4", "4@20:2 8@22:10 2@32:4")]
    [InlineData("020405b402040200", "2@20:4 2@24:4")]
    [InlineData("02020204", "2@20:2 2@22:4!")]
    [InlineData("0203050101", "2@20:3 1@23:1 1@24:1")]
    [InlineData("020405", "2@20:4!")]
    [InlineData("0200020405b4", "2@20:0!")]
    [InlineData("0301020405b4", "3@20:1!")]
    [InlineData("00020405b4", "0@20:1")]
    [InlineData("01010102", "1@20:1 1@21:1 1@22:1 2@23:-1!")]
    [InlineData("fe0401020304ff", "254@20:4 3@24:4!")]
    public void Walk(string hex, string expected)
    {
        var steps = new List<string>();
        foreach (var option in Options(Convert.FromHexString(hex)))
        {
            steps.Add(string.Create(CultureInfo.InvariantCulture,
                $"{(int)option.Kind}@{option.Offset}:{option.Length}{(option.IsWellFormed ? "" : "!")}"));
        }

        Assert.Equal(expected, string.Join(' ', steps));
    }

    [Fact(DisplayName = "A7: an MSS at an odd offset is written with the checksum: 7810 → dc10 for 1460 → 1360")]
    public void Mss_is_written_with_the_checksum()
    {
        var bytes = Convert.FromHexString(OriginPackets.OddSyn);
        Assert.True(IpView.TryParse(bytes, out var ip));
        Assert.True(TcpView.TryParse(ip.Transport, out var tcp));
        foreach (var option in tcp.Options)
        {
            Assert.Equal(option.Kind == TcpOptionKind.MaximumSegmentSize ? 1460 : 0, option.Mss);
            option.Mss = 1360;
        }

        Assert.Equal("0303070204055001", Convert.ToHexString(tcp.Options.Bytes)[..16]);
        Assert.Equal(0xdc10, tcp.Checksum);
    }

    [Fact]
    public void Mss_of_a_wrong_length_is_not_written()
    {
        var header = Header(Convert.FromHexString("0205050102"));
        var before = (byte[])header.Clone();
        foreach (var option in new TcpOptions(header))
        {
            Assert.False(option.IsMss);
            option.Mss = 1;
        }

        Assert.Equal(before, header);
    }

    private static TcpOptions Options(byte[] options) => new(Header(options));

    private static byte[] Header(byte[] options) => [.. new byte[TcpView.MinimumHeaderLength], .. options];
}
