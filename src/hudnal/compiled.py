"""Compiled functions, and their cache on the disk: the only place that knows Numba's decorators.

`njit` compiles what other compiled functions call; `compiled` is for those that Python calls, and keeps them. Numba
keeps a compiled function until its own file changes; what it calls in another file may change unseen. `compiled` puts
the sums of those files into the function's qualified name, by which the cache keeps it.

A cache saves time and nothing else: where none can be written or read (a read-only installation without a home, a full
disk, a file cut by a power failure) functions are compiled anew, which gives the same numbers.

Numba makes machine code of each function that another one calls, and then of all of them again within the caller, level
after level. Under `compiled` what is called is only handed on: it is put in order and made into machine code once, as
part of the one function that Python calls.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import pickle  # nosec B403
import stat
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

from numba import njit, version_info
from numba.core import caching, dispatcher, event, targetconfig, types
from numba.core.codegen import JITCodeLibrary
from numba.core.registry import cpu_target

__all__ = ["SAFE", "compiled", "njit"]

# Older versions of Numba write their names with an underscore.
_Beside: Any = getattr(caching, "InTreeCacheLocator", None) or caching._InTreeCacheLocator  # type: ignore[attr-defined]
_UserWide: Any = getattr(caching, "UserWideCacheLocator", None) or caching._UserWideCacheLocator  # type: ignore[attr-defined]
# Told, with a function's name, when one is compiled that no cache has: it takes seconds, once.
on_compile: Callable[[str], None] | None = None
# Asked, with its name, for a function that no cache has: whether another process has put it there by now.
await_kept: Callable[[str], bool] | None = None
# Versions of Numba whose insides are known to be as they are taken hold of here. Others compile as ever: more slowly.
_KNOWN = {(0, 68)}
# What may be assumed and rounds as ever: code that may reorder sums or join a product with a sum is not the same in the
# process that compiles it as in those that find it kept.
SAFE = {"nnan", "ninf", "nsz"}
_OWN_LEVELS = 3  # the user's folder of caches, Numba's in it, and in that the one of a folder with sources


def compiled(*modules: ModuleType, **options: Any) -> Callable[[Callable], Any]:
    """Decorator: `njit` with a cache that is good as long as the function's own file and `modules` do not change.

    `options` are those of `numba.njit`; `cache=True` and `nogil=True` unless they say otherwise. List every module
    whose compiled functions or constants the decorated one uses. Where there can be no cache, there is none.
    """
    settings: Any = {"nogil": True, **options}
    is_kept = settings.pop("cache", True)
    sums = [crc32(Path(inspect.getfile(module)).read_bytes()) for module in modules]

    def compile_with_cache(function: Callable) -> Any:
        if sums:
            function.__qualname__ += "-" + "-".join(f"{one:08x}" for one in sums)
        made: Any = njit(**settings)(function)
        # Without its compiler (NUMBA_DISABLE_JIT) Numba gives the function back, which has no cache.
        if not hasattr(made, "enable_caching"):
            return made
        if version_info.short in _KNOWN:
            _compile_once(made)
        if is_kept:
            with contextlib.suppress(RuntimeError, OSError):  # no folder that can be written
                made._cache = _MendingCache(made.py_func)
        return made

    return compile_with_cache


class _Part(JITCodeLibrary):
    """Code of one function, which becomes machine code when that is asked for, and not when others take it in."""

    _is_joined = False

    def add_linking_library(self, library: Any) -> None:
        """Take in what another function is made of."""
        if isinstance(library, _Part):
            library._join_parts()
        else:
            library._ensure_finalized()
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        """Make machine code of the function, with all that it calls."""
        self._join_parts()
        super().finalize()

    def _join_parts(self) -> None:
        if self._is_joined or self._finalized:
            return
        self._is_joined = True
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._linking_libraries.clear()

    def _get_module_for_linking(self) -> Any:
        if self._finalized:
            return super()._get_module_for_linking()
        if self._shared_module is not None:
            return self._shared_module
        self._join_parts()
        shared = self._final_module.clone()
        for function in shared.functions:
            if not function.is_declaration and function.linkage.name == "external":
                function.linkage = "linkonce_odr"
        self._shared_module = shared
        return shared

    def _optimize_functions(self, ll_module: Any) -> None:
        # They are put in order once, with all that calls them.
        ll_module.data_layout = self._codegen._data_layout


class _OnlyPart:
    """Stands for the machine code of a function that was compiled as a part of others: it is made when Python calls."""

    owner: Any = None
    types: tuple = ()

    def __call__(self, *arguments: object) -> Any:
        kept = self.owner.overloads.get(self.types)
        if kept is not None and kept.entry_point is self:
            del self.owner.overloads[self.types]
        self.owner.compile(self.types)
        return self.owner(*arguments)


def _compile_once(made: Any) -> None:
    """Let the dispatcher `made` compile what its function calls as parts of it."""
    compiler = made._compiler

    def compile_core(*arguments: Any) -> Any:
        # Called by another one it is a part itself.
        with contextlib.nullcontext() if _depth else _compiling_parts():
            return type(compiler)._compile_core(compiler, *arguments)

    compiler._compile_core = compile_core


def _remember_types(resolve: Callable) -> Callable:
    """What Numba finds out of an operation on such types, found out once and not at each place where it stands."""
    found: dict[tuple, tuple] = {}

    def resolve_function_type(function: Any, arguments: Any, keywords: Any) -> Any:
        if keywords or type(function) is not types.Function or not all(map(_is_settled, arguments)):
            return resolve(function, arguments, keywords)
        flags = targetconfig.ConfigStack().top_or_none()
        key = id(function), tuple(arguments), flags and (str(flags.fastmath), flags.error_model)
        if key not in found:
            signature = resolve(function, arguments, keywords)
            if signature is None:
                return None
            found[key] = function, signature, _made_by(function).get(signature.args)
        _, signature, maker = found[key]
        if maker is not None:
            _made_by(function)[signature.args] = maker
        return signature

    return resolve_function_type


def _made_by(function: Any) -> dict:
    return function._impl_keys


def _is_settled(kind: Any) -> bool:
    return kind.is_precise() and not isinstance(kind, types.Callable)


def _list_values(self: Any) -> dict[str, Any]:
    own = self._values
    return {name: own.get(name, option.default) for name, option in self.options.items()}


@contextlib.contextmanager
def _untimed(*_: object) -> Iterator[None]:
    yield


_depth = 0  # functions that are being compiled, each as a part of the one before; Numba lets one thread in at a time


@contextlib.contextmanager
def _compiling_parts() -> Iterator[None]:
    """For the function that is compiled inside: what it calls becomes parts of it."""
    context: Any = cpu_target.target_context
    typing: Any = cpu_target.typing_context
    numba_dispatcher: Any = dispatcher
    compiler, dispatching = numba_dispatcher._FunctionCompiler, numba_dispatcher.Dispatcher
    make, choose, add = compiler._compile_core, compiler._customize_flags, dispatching.add_overload

    def make_part(self: Any, *arguments: Any) -> Any:
        global _depth
        _depth += 1
        try:
            return make(self, *arguments)
        finally:
            _depth -= 1

    def choose_flags(self: Any, flags: Any) -> Any:
        flags = choose(self, flags)
        if _depth > 1:  # Python does not call it
            flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        return flags

    def get_executable(library: Any, fndesc: Any, env: Any) -> Any:
        return _OnlyPart() if _depth > 1 else type(context).get_executable(context, library, fndesc, env)

    def add_overload(self: Any, found: Any) -> None:
        if not isinstance(found.entry_point, _OnlyPart):
            add(self, found)
            return
        found.entry_point.owner, found.entry_point.types = self, tuple(found.signature.args)
        self.overloads[found.entry_point.types] = found

    global _depth
    compiler._compile_core, compiler._customize_flags = make_part, choose_flags
    dispatching.add_overload = add_overload
    context.get_executable = get_executable
    typing.resolve_function_type = _remember_types(typing.resolve_function_type)
    # One timer for each level looks at each step; flags are compared at each operation, by way of 25 properties.
    install_timer, list_values = event.install_timer, targetconfig.TargetConfig.values
    event.install_timer, targetconfig.TargetConfig.values = _untimed, _list_values
    context.codegen()._library_class = _Part
    try:
        yield
    finally:
        compiler._compile_core, compiler._customize_flags = make, choose
        dispatching.add_overload = add
        event.install_timer, targetconfig.TargetConfig.values = install_timer, list_values
        del context.get_executable, typing.resolve_function_type, context.codegen()._library_class


def name_types(codes: str) -> tuple:
    """Types of arguments by their codes: i, f or b a number, with its axes behind it an array; r one that is only read.

    A hyphen is None.
    """
    plain = {"i": types.int64, "f": types.float64, "b": types.boolean, "-": types.none}
    return tuple(
        types.Array(plain[code[0]], int(code[1]), "C", readonly=code.endswith("r"))
        if code[1:]
        else plain[code]
        for code in codes.split()
    )


def name_tuple(made_of: Any, codes: str) -> Any:
    """The type of a named tuple of such types."""
    return types.NamedTuple(name_types(codes), made_of)


class _OwnFolder(_UserWide):
    """The user's own folder of caches: one that others can write, or that hangs on the current folder, is left alone.

    What lies in a cache is executed. Numba would take `/tmp/.cache` of a user whose home is `/tmp`, and `./~/.cache`
    of one who has none.
    """

    @classmethod
    def from_function(cls, py_func: Callable, py_file: str) -> Any:
        path = Path(cls(py_func, py_file).get_cache_path())
        if not path.is_absolute():
            return None
        locator = super().from_function(py_func, py_file)
        return locator if locator is not None and _is_private(path.resolve()) else None


def _is_private(folder: Path) -> bool:
    """Whether nobody but its owner, who is this user, can put files there."""
    if not hasattr(os, "getuid"):
        return True  # homes are private on systems without numbered users
    try:
        for level, place in enumerate((folder, *folder.parents)):
            about = place.stat()
            if level < _OWN_LEVELS and about.st_uid != os.getuid():
                return False
            if about.st_mode & stat.S_IWOTH and not (about.st_mode & stat.S_ISVTX and level >= _OWN_LEVELS):
                return False
    except OSError:
        return False
    return True


class _ReadBeside(_Beside):
    """The folder beside the source that may only be read, where an image of a machine was made with a filled cache."""

    @classmethod
    def from_function(cls, py_func: Callable, py_file: str) -> Any:
        return cls(py_func, py_file) if Path(py_file).exists() else None


class _KeptCode(caching.CompileResultCacheImpl):
    _locator_classes = (
        *(
            _OwnFolder if kind is _UserWide else kind
            for kind in caching.CompileResultCacheImpl._locator_classes
        ),
        _ReadBeside,
    )


class _Sealed:
    """What is kept, with its sum: machine code of which a bit is wrong would be executed all the same."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __reduce__(self) -> tuple[object, ...]:
        return _open_sealed, (self.content, sha256(self.content).digest())


def _open_sealed(content: bytes, checksum: bytes) -> Any:
    if sha256(content).digest() != checksum:
        raise ValueError("damaged")
    return pickle.loads(content)  # nosec B301


class _SealedFiles(caching.IndexDataCacheFile):
    def _dump(self, obj: object) -> bytes:
        return pickle.dumps(_Sealed(super()._dump(obj)))


class _MendingCache(caching.FunctionCache):
    """Numba's cache, which takes what cannot be read for not there, and goes without what cannot be written."""

    _impl_class = _KeptCode

    def __init__(self, py_func: Callable) -> None:
        super().__init__(py_func)
        self._py_func = py_func
        plain = self._cache_file
        self._cache_file = _SealedFiles(plain._cache_path, self._impl.filename_base, plain._source_stamp)

    def load_overload(self, sig: object, target_context: object) -> Any:
        """The compiled function as it was kept; None where it was not, or is damaged."""
        kept = self._load_kept(sig, target_context)
        if kept is not None or _depth:
            return kept
        if on_compile is not None:
            on_compile(self._py_func.__name__)
        if await_kept is not None and await_kept(self._py_func.__name__):
            return self._load_kept(sig, target_context)
        return None

    def _load_kept(self, sig: object, target_context: object) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever unpickling damaged bytes may raise
            self._begin_anew()
            return None

    def save_overload(self, sig: object, data: Any) -> None:
        """Keep a compiled function if that is possible."""
        if isinstance(data.entry_point, _OnlyPart):
            return
        try:
            super().save_overload(sig, data)
        except Exception:  # a disk that is full or read-only by now
            self._begin_anew()
            self.disable()

    def _begin_anew(self) -> None:
        """Take away an index that cannot be read or that names what was not written."""
        with contextlib.suppress(OSError):
            Path(self._cache_file._index_path).unlink(missing_ok=True)
