using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.Versioning;
using Culvert.Stages;

namespace Culvert.Engine.Plugins;

/// <summary>Finds stages and their names in an assembly's metadata (ECMA-335 partition II).</summary>
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

    /// <summary>The text that a static property gives, when its getter does nothing but give a literal.</summary>
    public static string? Literal(PEReader file, MetadataReader reader, TypeDefinition type, string property)
    {
        foreach (var handle in type.GetMethods())
        {
            var method = reader.GetMethodDefinition(handle);
            var name = reader.GetString(method.Name);
            var isGetter = name == "get_" + property
                || (name.EndsWith(".get_" + property, StringComparison.Ordinal) && name.StartsWith(ContractNamespace, StringComparison.Ordinal));
            if (isGetter && method.Attributes.HasFlag(MethodAttributes.Static) && method.RelativeVirtualAddress != 0)
            {
                return LoadedLiteral(reader, file.GetMethodBody(method.RelativeVirtualAddress).GetILContent());
            }
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

    // Release builds give "ldstr, ret"; debug builds of a getter with a body put nops and a local around it.
    private static string? LoadedLiteral(MetadataReader reader, ImmutableArray<byte> code)
    {
        var literals = 0;
        var token = 0;
        var i = 0;
        while (i < code.Length)
        {
            switch ((ILOpCode)code[i])
            {
                case ILOpCode.Ldstr when i + 5 <= code.Length:
                    token = BitConverter.ToInt32(code.AsSpan(i + 1, 4));
                    literals++;
                    i += 5;
                    break;
                case ILOpCode.Br_s:
                    i += 2;
                    break;
                case ILOpCode.Nop or ILOpCode.Ret or ILOpCode.Stloc_0 or ILOpCode.Ldloc_0:
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return literals == 1 ? reader.GetUserString(MetadataTokens.UserStringHandle(token & 0xFFFFFF)) : null;
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
