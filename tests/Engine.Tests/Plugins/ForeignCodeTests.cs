using System.Reflection;
using System.Runtime.InteropServices;
using Culvert.Engine.Diagnostics;

namespace Engine.Tests.Plugins;

/// <summary>Words for what a plugin's code throws.</summary>
public sealed class ForeignCodeTests
{
    [Fact]
    public void A_native_library_that_is_missing_is_named_behind_every_wrapper()
    {
        var thrown = Assert.Throws<TargetInvocationException>(
            () => Activator.CreateInstance(typeof(Connection), BindingFlags.Public | BindingFlags.Instance, null, null, null));
        Assert.IsType<TypeInitializationException>(thrown.InnerException);

        var said = ForeignCode.Describe(thrown);
        Assert.StartsWith("DllNotFoundException: ", said, StringComparison.Ordinal);
        Assert.Contains("no-such-library", said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    /// <summary>As a database's plugin has it.</summary>
    private sealed class Connection
    {
        private static readonly nint _library = NativeLibrary.Load("no-such-library");

        public nint Library { get; } = _library;
    }
}
