namespace Conventions.Tests;

/// <summary>
/// The program calls plugin code in one place, Engine's folder <c>Guarding</c>, which bounds its time and names the member. Delegates that a stage
/// passes (timers, posted work, an MTU's event) look like any other delegate and are not seen here.
/// </summary>
public sealed class GuardTests
{
    private const string Place = "Culvert.Engine.Guarding.";

    // Interfaces of the contract that plugins implement.
    private static readonly string[] _contract =
    [
        "IPacketStage", "IPacketEndpoint", "ILiveEndpoint`1", "IStageDefinition`1", "ITwinOptions`1", "IStageServices", "IOptionValue`1", "INamesFiles",
    ];

    // What reaches plugin code by reflection, and the framework's own helpers that do.
    private static readonly string[] _helpers =
    [
        "System.Reflection.PropertyInfo.GetValue", "System.Reflection.PropertyInfo.SetValue", "System.Reflection.MethodBase.Invoke",
        "System.Reflection.ConstructorInfo.Invoke", "System.Activator.CreateInstance", "System.Delegate.DynamicInvoke",
        "Culvert.Stages.StageConstruction.Create", "Culvert.Stages.StageConstruction.Services", "Culvert.Stages.EntryState.Dispose",
        "Microsoft.Extensions.DependencyInjection.ServiceProvider.Dispose", "Microsoft.Extensions.DependencyInjection.ServiceProvider.DisposeAsync",
    ];

    // Classes of the engine itself, made for a plugin's type; their code calls the plugin through the guard.
    private static readonly string[] _own = ["Culvert.Engine.Configuration.Binding.OptionTypes", "Culvert.Engine.Plugins.LoadedPlugin"];

    public static TheoryData<string> Assemblies => ["Culvert.Engine.dll", "Culvert.Tools.dll", "culvert.dll"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Plugin_code_is_called_in_one_place(string assembly)
    {
        var offenders = CallScanner.Calls(PathOf(assembly))
            .Where(call => !call.Caller.StartsWith(Place, StringComparison.Ordinal) && IsForeign(call.Called))
            .Where(call => !(call.Called == "System.Activator.CreateInstance" && _own.Contains(call.Caller)))
            .Select(call => $"{call.Caller} calls {call.Called}");

        Assert.Empty(offenders.Distinct());
    }

    [Fact]
    public void The_scan_sees_the_calls_of_that_place() => Assert.All(
        new[] { "Culvert.Stages.IPacketStage.Outbound", "Culvert.Stages.IStageDefinition`1.Shape", "Culvert.Stages.IPacketStage.GetStatus" },
        called => Assert.Contains(CallScanner.Calls(PathOf("Culvert.Engine.dll")), call => call.Called == called && call.Caller.StartsWith(Place, StringComparison.Ordinal)));

    private static bool IsForeign(string called) =>
        _helpers.Contains(called) || _contract.Any(one => called.StartsWith($"Culvert.Stages.{one}.", StringComparison.Ordinal)
            || called.StartsWith($"Culvert.Options.{one}.", StringComparison.Ordinal));

    private static string PathOf(string assembly)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, "Host", own.Name, assembly);
    }
}
