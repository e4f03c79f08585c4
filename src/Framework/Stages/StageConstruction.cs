using System.Reflection;
using Culvert.Packets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Stages;

/// <summary>
/// The rules by which a stage's class is judged and constructed, the same for the host and the test kit.
/// </summary>
internal static class StageConstruction
{
    private static readonly string[] Directions = [nameof(IPacketStage.Outbound), nameof(IPacketStage.Inbound)];

    /// <summary>The class that registers a stage's services; null for none.</summary>
    public static Type? ServicesOf(Type stage) => stage.GetCustomAttribute<StageAttribute>(inherit: false)?.Services;

    /// <summary>Collects the services of one container.</summary>
    /// <param name="registration">The class named by <see cref="StageAttribute.Services"/>, or null.</param>
    /// <param name="logging">Where loggers come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="more">What the program adds; null for nothing.</param>
    public static ServiceCollection Services(
        Type? registration, ILoggerFactory logging, TimeProvider time, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(logging);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(time);
        if (registration is not null)
        {
            ((IStageServices)Activator.CreateInstance(registration)!).Register(services);
        }

        more?.Invoke(services);
        return services;
    }

    /// <summary>Constructs a stage.</summary>
    public static object Create(IServiceProvider services, Type stage, object options, IStageContext context)
    {
        var parameters = stage.GetConstructors().SelectMany(constructor => constructor.GetParameters()).ToArray();
        object[] given =
            [.. new[] { options, context }.Where(value => parameters.Any(parameter => parameter.ParameterType.IsInstanceOfType(value)))];
        return ActivatorUtilities.CreateInstance(services, stage, given);
    }

    /// <summary>Finds what would make a stage fail, or do nothing, only when it runs.</summary>
    /// <param name="stage">Its class, which implements <see cref="IPacketStage"/>.</param>
    /// <param name="options">The class of its options.</param>
    /// <param name="isService">Whether the stage's container has a type.</param>
    /// <returns>What is wrong and what to do; null when all is well.</returns>
    public static (string Message, string Remedy)? Mistake(Type stage, Type options, Func<Type, bool> isService) =>
        DirectionMistake(stage) ?? WaitMistake(stage) ?? ConstructorMistake(stage, options, isService);

    /// <summary>Whether a stage's constructor takes more than options and context.</summary>
    public static bool TakesServices(Type stage) =>
        ServicesOf(stage) is not null || stage.GetConstructors().Any(constructor => constructor.GetParameters().Length > 2);

    private static (string Message, string Remedy)? DirectionMistake(Type stage)
    {
        var map = stage.GetInterfaceMap(typeof(IPacketStage));
        MethodInfo?[] own = [.. Directions.Select(name => map.TargetMethods[Array.FindIndex(map.InterfaceMethods, method => method.Name == name)])];
        for (var i = 0; i < Directions.Length; i++)
        {
            if (IsOwn(own[i]))
            {
                continue;
            }

            var similar = Array.Find(
                stage.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
                method => method.Name.Equals(Directions[i], StringComparison.OrdinalIgnoreCase) && method.DeclaringType != typeof(IPacketStage));
            if (similar is not null)
            {
                return (
                    $"{stage.FullName}.{similar.Name} does not implement IPacketStage.{Directions[i]}, so that it is never called",
                    $"declare it as 'public void {Directions[i]}({nameof(PacketBatch)} batch)'");
            }
        }

        if (!own.Any(IsOwn))
        {
            return ($"{stage.FullName} implements neither Outbound nor Inbound", "implement at least one of them");
        }

        var endless = Array.Find(own, method => method?.IsDefined(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute)) == true);
        return endless is null
            ? null
            : ($"{stage.FullName}.{endless.Name} is async, but a batch is valid only until the method returns", "use IStageContext.Post for slow work");
    }

    private static (string Message, string Remedy)? WaitMistake(Type stage)
    {
        if (!stage.IsAssignableTo(typeof(IPacketEndpoint)))
        {
            return null;
        }

        var map = stage.GetInterfaceMap(typeof(IPacketEndpoint));
        return map.TargetMethods.Count(method => method.DeclaringType != typeof(IPacketEndpoint)) > 1
            ? null
            : ($"{stage.FullName} implements neither Wake nor Descriptor, so that its Receive could block for ever", "implement one of them");
    }

    private static bool IsOwn(MethodInfo? method) => method is not null && method.DeclaringType != typeof(IPacketStage);

    private static (string Message, string Remedy)? ConstructorMistake(Type stage, Type options, Func<Type, bool> isService)
    {
        var constructors = stage.GetConstructors();
        if (constructors.Length != 1)
        {
            return ($"{stage.FullName} has {constructors.Length} public constructors", "declare exactly one");
        }

        foreach (var parameter in constructors[0].GetParameters())
        {
            var type = parameter.ParameterType;
            if (type == typeof(IEndpointContext) && !stage.IsAssignableTo(typeof(IPacketEndpoint)))
            {
                return ($"the constructor of {stage.FullName} takes an IEndpointContext, but the stage is not an IPacketEndpoint", "take an IStageContext");
            }

            if (!type.IsAssignableFrom(options) && !type.IsAssignableFrom(typeof(IEndpointContext))
                && !parameter.HasDefaultValue && !parameter.IsDefined(typeof(FromKeyedServicesAttribute)) && !isService(type))
            {
                return (
                    $"the constructor of {stage.FullName} takes '{parameter.Name}', but nothing registers the type {type.FullName ?? type.Name}",
                    $"register it in a class that implements {nameof(IStageServices)} and name that class in [Stage(…, Services = typeof(…))]");
            }
        }

        return null;
    }
}
