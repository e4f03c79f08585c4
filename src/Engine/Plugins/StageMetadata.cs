using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Versioning;
using Culvert.Stages;

namespace Culvert.Engine.Plugins;

/// <summary>Finds stages and their attributes in an assembly's metadata (ECMA-335 partition II).</summary>
internal static class StageMetadata
{
    private static readonly string ContractNamespace = typeof(IStageDefinition<>).Namespace!;
    private static readonly string DefinitionName = typeof(IStageDefinition<>).Name;

    /// <summary>True for a class that can be made and implements <c>IStageDefinition&lt;&gt;</c> itself.</summary>
    public static bool IsStage(MetadataReader reader, TypeDefinition type) =>
        (type.Attributes & (TypeAttributes.Abstract | TypeAttributes.Interface)) == 0
        && type.GetInterfaceImplementations().Any(handle => IsDefinition(reader, reader.GetInterfaceImplementation(handle).Interface));

    /// <summary>Namespace and name; a nested class behind a plus sign.</summary>
    public static string FullName(MetadataReader reader, TypeDefinition type)
    {
        var name = reader.GetString(type.Name);
        var outer = type.GetDeclaringType();
        if (!outer.IsNil)
        {
            return $"{FullName(reader, reader.GetTypeDefinition(outer))}+{name}";
        }

        return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }

    /// <summary>Reads <c>[Stage]</c>; null when the class does not have it.</summary>
    /// <exception cref="BadImageFormatException">Its value is damaged.</exception>
    public static StageAttribute? Declaration(MetadataReader reader, TypeDefinition type)
    {
        foreach (var handle in type.GetCustomAttributes())
        {
            var attribute = reader.GetCustomAttribute(handle);
            if (AttributeClass(reader, attribute) != typeof(StageAttribute).FullName)
            {
                continue;
            }

            var value = attribute.DecodeValue(SignatureText.Instance);
            if (value.FixedArguments is not [{ Value: var name }, { Value: var summary }])
            {
                return null;
            }

            var experimental = value.NamedArguments.FirstOrDefault(argument => argument.Name == nameof(StageAttribute.IsExperimental)).Value;
            return new StageAttribute(name as string ?? "", summary as string ?? "")
            {
                IsExperimental = experimental is true,
            };
        }

        return null;
    }

    /// <summary>The systems in <c>[SupportedOSPlatform("linux")]</c>, without their versions.</summary>
    public static IReadOnlyList<string> Systems(MetadataReader reader, CustomAttributeHandleCollection attributes)
    {
        List<string> systems = [];
        foreach (var handle in attributes)
        {
            var attribute = reader.GetCustomAttribute(handle);
            if (AttributeClass(reader, attribute) == typeof(SupportedOSPlatformAttribute).FullName)
            {
                var value = reader.GetBlobReader(attribute.Value);
                var prolog = value.ReadUInt16();
                if (prolog == 1 && value.ReadSerializedString() is { } name)
                {
                    systems.Add(name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.'));
                }
            }
        }

        return systems;
    }

    private static bool IsDefinition(MetadataReader reader, EntityHandle handle)
    {
        if (handle.Kind != HandleKind.TypeSpecification)
        {
            return false;
        }

        var signature = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return false;
        }

        _ = signature.ReadCompressedInteger();
        var generic = signature.ReadTypeHandle();
        if (generic.Kind != HandleKind.TypeReference)
        {
            return false;
        }

        var reference = reader.GetTypeReference((TypeReferenceHandle)generic);
        return reader.StringComparer.Equals(reference.Name, DefinitionName)
            && reader.StringComparer.Equals(reference.Namespace, ContractNamespace);
    }

    private static string? AttributeClass(MetadataReader reader, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        var parent = reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
        {
            return null;
        }

        var type = reader.GetTypeReference((TypeReferenceHandle)parent);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }
}
