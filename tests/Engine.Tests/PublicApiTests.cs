using Culvert.Engine.Running;
using Culvert.Tests.Support;
using VerifyXunit;

namespace Engine.Tests;

/// <summary>What a program that embeds a pipeline may use, member by member; everything else in Engine is internal.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public async Task The_face_for_embedders_is_as_reviewed() => await Verifier.Verify(PublicApi.Describe(typeof(Pipeline).Assembly));
}
