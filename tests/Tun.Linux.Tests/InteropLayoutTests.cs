using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>The structures' sizes and offsets as a C compiler lays them out on 64-bit Linux, from the headers that each file names.</summary>
public sealed class InteropLayoutTests
{
    [Fact]
    public void Structures_have_the_sizes_of_the_headers()
    {
        Assert.Equal(40, Unsafe.SizeOf<If.IfReq>());
        Assert.Equal(10, Unsafe.SizeOf<VirtioNet.Header>());
        Assert.Equal(VirtioNet.Header.Size, Unsafe.SizeOf<VirtioNet.Header>());
        Assert.Equal(16, Unsafe.SizeOf<Uio.IoVec>());
        Assert.Equal(16, Unsafe.SizeOf<Netlink.MessageHeader>());
        Assert.Equal(4, Unsafe.SizeOf<Netlink.AttributeHeader>());
        Assert.Equal(12, Unsafe.SizeOf<Netlink.SocketAddress>());
        Assert.Equal(16, Unsafe.SizeOf<Rtnetlink.LinkBody>());
        Assert.Equal(12, Unsafe.SizeOf<Rtnetlink.RouteBody>());
        Assert.Equal(8, Unsafe.SizeOf<IfAddr.AddressBody>());
    }

    [Theory]
    [InlineData(typeof(If.IfReq), nameof(If.IfReq.ifr_flags), 16)]
    [InlineData(typeof(VirtioNet.Header), nameof(VirtioNet.Header.gso_type), 1)]
    [InlineData(typeof(VirtioNet.Header), nameof(VirtioNet.Header.hdr_len), 2)]
    [InlineData(typeof(VirtioNet.Header), nameof(VirtioNet.Header.gso_size), 4)]
    [InlineData(typeof(VirtioNet.Header), nameof(VirtioNet.Header.csum_start), 6)]
    [InlineData(typeof(VirtioNet.Header), nameof(VirtioNet.Header.csum_offset), 8)]
    [InlineData(typeof(Netlink.MessageHeader), nameof(Netlink.MessageHeader.nlmsg_flags), 6)]
    [InlineData(typeof(Netlink.MessageHeader), nameof(Netlink.MessageHeader.nlmsg_seq), 8)]
    [InlineData(typeof(Netlink.SocketAddress), nameof(Netlink.SocketAddress.nl_groups), 8)]
    [InlineData(typeof(Rtnetlink.LinkBody), nameof(Rtnetlink.LinkBody.ifi_index), 4)]
    [InlineData(typeof(Rtnetlink.LinkBody), nameof(Rtnetlink.LinkBody.ifi_change), 12)]
    [InlineData(typeof(Rtnetlink.RouteBody), nameof(Rtnetlink.RouteBody.rtm_table), 4)]
    [InlineData(typeof(Rtnetlink.RouteBody), nameof(Rtnetlink.RouteBody.rtm_type), 7)]
    [InlineData(typeof(IfAddr.AddressBody), nameof(IfAddr.AddressBody.ifa_index), 4)]
    public void Fields_lie_where_the_headers_put_them(Type type, string field, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));

    [Fact]
    public void A_device_name_is_closed_by_a_zero()
    {
        var request = default(If.IfReq);
        request.ifr_name.Set("culvert0");
        Assert.Equal("culvert0", request.ifr_name.ToString());
        Assert.Equal(0, ((ReadOnlySpan<byte>)request.ifr_name)[8]);
    }

    [Fact]
    public void A_file_that_is_not_there_is_invalid_and_leaves_its_error()
    {
        Requires.Linux();
        using var file = Fcntl.open("/dev/net/no-such-file", Fcntl.O_RDWR);
        Assert.Equal(Errno.ENOENT, Errno.Last);
        Assert.True(file.IsInvalid);
        Assert.Equal(-1, file.Number);
    }
}
