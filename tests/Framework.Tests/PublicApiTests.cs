using Culvert.Filtering;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;
using VerifyXunit;

namespace Framework.Tests;

/// <summary>The contract and what comes with it, member by member: a change that plugin authors must follow is a difference that a reviewer sees.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public async Task The_contract_is_as_reviewed() => await Verifier.Verify(PublicApi.Describe(typeof(IPacketStage).Assembly));

    [Fact]
    public void The_contract_is_small() => Assert.InRange(typeof(IPacketStage).Assembly.GetExportedTypes().Length, 1, 40);

    [Fact]
    public async Task The_wire_views_are_as_reviewed() => await Verifier.Verify(PublicApi.Describe(typeof(IpView).Assembly));

    [Fact]
    public async Task The_filter_language_is_as_reviewed() => await Verifier.Verify(PublicApi.Describe(typeof(PacketFilter).Assembly));

    [Fact]
    public async Task The_test_kit_is_as_reviewed() => await Verifier.Verify(PublicApi.Describe(typeof(TestStageContext).Assembly));
}
