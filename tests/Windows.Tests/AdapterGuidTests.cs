using Culvert.Plugins.Tun.Windows;

namespace Windows.Tests;

public sealed class AdapterGuidTests
{
    [Theory]
    [InlineData("culvert0", "b6933910-4092-5a66-bea0-88a78c7da7a3")]
    [InlineData("CULVERT0", "b6933910-4092-5a66-bea0-88a78c7da7a3")]
    [InlineData("Bürö", "45d7fd2d-3bbb-5fb0-82eb-2b415bac8c2a")]
    public void IsTheNameBasedUuidOfVersion5(string name, string expected) => Assert.Equal(new Guid(expected), AdapterGuid.For(name));
}
