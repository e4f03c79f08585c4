using Culvert.Host.Hardening;
using Culvert.Tests.Support;

namespace Tools.Tests.Run;

public sealed class DescriptorLimitTests
{
    [Fact]
    public void Connections_of_the_network_endpoint_count()
    {
        Requires.Linux();
        Assert.Contains("1 lane(s) and 2000000000 connection(s) need 2000000520", DescriptorLimit.Problem(1, 2_000_000_000), StringComparison.Ordinal);
        Assert.Null(DescriptorLimit.Problem(1, 0));
    }
}
