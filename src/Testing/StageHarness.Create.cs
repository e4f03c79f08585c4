using System.Reflection;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Testing;

/// <summary>Creates harnesses; the stage is constructed as the host does it.</summary>
public static class StageHarness
{
    /// <summary>Constructs a stage with options, a context and services, and asks it for its shape.</summary>
    /// <typeparam name="TStage">The stage.</typeparam>
    /// <typeparam name="TOptions">Its options.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="context">The context; default: a new one with the system's clock.</param>
    /// <param name="services">
    /// Adds to, or replaces, what the class in <see cref="StageAttribute.Services"/> registers: a double, for example. Null for nothing.
    /// </param>
    /// <exception cref="InvalidOperationException">The host would refuse the class, for the reason in the message.</exception>
    public static StageHarness<TStage> Create<TStage, TOptions>(
        TOptions options, TestStageContext? context = null, Action<IServiceCollection>? services = null)
        where TStage : class, IPacketStage, IStageDefinition<TOptions>
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(options);
        var shape = TStage.Shape(options);
        if (ShapeCheck.Check(shape, typeof(TStage)).FirstOrDefault() is { } wrong)
        {
            throw new InvalidOperationException($"the shape is not valid: {wrong}");
        }

        context ??= new TestStageContext(id: typeof(TStage).GetCustomAttribute<StageAttribute>()?.Name ?? "stage");
        var container = StageConstruction.Services(StageConstruction.ServicesOf(typeof(TStage)), new OneLog(context.Log), context.Time, services)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        var isService = container.GetRequiredService<IServiceProviderIsService>();
        if (StageConstruction.Mistake(typeof(TStage), typeof(TOptions), isService.IsService) is var (message, remedy))
        {
            container.Dispose();
            throw new InvalidOperationException($"{message}; {remedy}");
        }

        var stage = (TStage)StageConstruction.Create(container, typeof(TStage), options, context);
        return new StageHarness<TStage>(stage, shape, context) { Services = container };
    }

    private sealed class OneLog(ILogger log) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
