using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Culvert.Tests.Support;

/// <summary>An assembly's public API, member by member: a change that its users must follow is a difference that a reviewer sees.</summary>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Lists every exported type with its members, in a stable order.</summary>
    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.AppendLine(Heading(type));
            foreach (var line in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("    ").AppendLine(line);
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    private static string Heading(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsByRefLike ? "ref struct"
            : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class" : "class";
        var above = type.GetInterfaces().Concat(type.BaseType is { } parent && !type.IsValueType && parent != typeof(object) ? [parent] : [])
            .Where(candidate => (candidate.Assembly == type.Assembly && candidate.IsVisible) || candidate == typeof(IDisposable))
            .Select(Name).Order(StringComparer.Ordinal).ToArray();
        return $"{type.Namespace}: {kind} {Name(type)}{(above.Length == 0 ? "" : " : " + string.Join(", ", above))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.Name} = {Convert.ToUInt64(field.GetRawConstantValue())}");
        }

        var fields = type.GetFields(Declared).Where(field => field.IsPublic).Select(field => $"{Name(field.FieldType)} {field.Name}");
        var constructors = type.GetConstructors(Declared).Where(IsSeen).Select(member => $"new({Parameters(member)})");
        var methods = type.GetMethods(Declared).Where(IsSeen).Where(member => !IsWrittenByCompiler(member))
            .Select(member => $"{(member.IsStatic ? "static " : "")}{Name(member.ReturnType)} {member.Name}({Parameters(member)})");
        return fields.Concat(constructors).Concat(methods);
    }

    private static bool IsSeen(MethodBase member) => member.IsPublic || member.IsFamily || member.IsFamilyOrAssembly;

    // A record's copying, comparing and printing.
    private static bool IsWrittenByCompiler(MethodInfo member) =>
        member.Name is "<Clone>$" or "PrintMembers" or "get_EqualityContract"
        || (member.IsDefined(typeof(CompilerGeneratedAttribute)) && !member.IsSpecialName);

    private static string Parameters(MethodBase member) => string.Join(", ", member.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")}{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (!type.IsGenericType)
        {
            return type.DeclaringType is { } outer && !type.IsGenericParameter ? $"{outer.Name}.{type.Name}" : type.Name;
        }

        return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
