using System.Reflection;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Testing;

/// <summary>Makes harnesses, constructing the stage as the host does.</summary>
public static class StageHarness
{
    /// <summary>Constructs a stage with options, a context and services, and asks it for its shape.</summary>
    /// <typeparam name="TStage">The stage.</typeparam>
    /// <typeparam name="TOptions">Its options.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="context">The context; default: a new one with the system's clock.</param>
    /// <param name="services">Further services that the stage's constructor asks for.</param>
    public static StageHarness<TStage> Create<TStage, TOptions>(
        TOptions options, TestStageContext? context = null, IServiceProvider? services = null)
        where TStage : class, IPacketStage, IStageDefinition<TOptions>
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(options);
        context ??= new TestStageContext(id: typeof(TStage).GetCustomAttribute<StageAttribute>()?.Name ?? "stage");
        var stage = ActivatorUtilities.CreateInstance<TStage>(services ?? NoServices.Instance, options, context);
        return new StageHarness<TStage>(stage, TStage.Shape(options), context);
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
