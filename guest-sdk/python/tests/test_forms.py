import enum
import unittest
from dataclasses import dataclass, field
from typing import Literal

from caisson import Problem, Request, Secret, exports, forms
from tests.module import Plain, served


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Node:
    name: str
    ports: list[int] = field(default_factory=list)


@dataclass
class Plan:
    size: Size = Size.SMALL
    quota: int = 10
    ratio: float | None = None
    nodes: list[Node] = field(default_factory=list)
    mode: Literal["a", "b"] = "a"


@dataclass
class Settings:
    api_base: str
    api_key: Secret


class Form(Plain):
    Settings = Settings
    ProductData = Plan

    def get_product_data(self, plan):
        plan.quota += 1
        return plan

    def save_product_data(self, plan):
        plan.quota *= 2
        return plan

    def test_connection(self, settings):
        return f"{settings.api_base} {bool(settings.api_key)}"


class Reading(unittest.TestCase):
    def test_types_are_read_from_the_inside_out(self):
        value = {"size": "large", "ratio": 1, "nodes": [{"name": "n", "ports": [1.0]}], "other": True}
        self.assertEqual(forms.read(Plan, value), Plan(Size.LARGE, 10, 1.0, [Node("n", [1])]))

    def test_what_does_not_fit_is_named(self):
        cases = [
            ({"size": "huge"}, "the field 'size' must be one of small, large"),
            ({"quota": "many"}, "the field 'quota' must be a whole number"),
            ({"quota": True}, "the field 'quota' must be a whole number"),
            ({"ratio": "x"}, "the field 'ratio' must be a number"),
            ({"nodes": [{}]}, "the field 'nodes.0.name' is missing"),
            ({"mode": "c"}, "the field 'mode' must be one of a, b"),
            ([], "it must be an object"),
        ]
        for value, expected in cases:
            with self.assertRaises(forms.Misfit) as raised:
                forms.read(Plan, value)
            self.assertEqual(str(raised.exception), expected)

    def test_a_form_of_text_becomes_what_is_asked_for(self):
        form = {"size": "large", "quota": " 7 ", "ratio": "", "extra": "x"}
        self.assertEqual(Request("POST", form=form).form_as(Plan), Plan(Size.LARGE, 7))
        with self.assertRaises(Problem) as raised:
            Request("POST", form={"quota": "many"}).form_as(Plan)
        self.assertEqual(str(raised.exception), "422 The field 'quota' must be a whole number.")

    def test_a_document_survives_the_way_there_and_back(self):
        plan = Plan(Size.LARGE, 3, 0.5, [Node("ü", [80])])
        self.assertEqual(forms.read(Plan, forms.loads(forms.dumps(plan))), plan)


class Saving(unittest.TestCase):
    def test_a_form_shows_defaults_what_the_module_makes_of_it_and_the_rest(self):
        with served(Form) as host:
            filled = host.call(exports.Product().get_product_data, '{"quota":7,"other":true}')
            expected = {"quota": 8, "other": True, "size": "small", "nodes": [], "mode": "a"}
            self.assertEqual(forms.loads(filled), expected)
            wrong = '{"quota":"many"}'
            self.assertEqual(host.call(exports.Product().get_product_data, wrong), wrong)

    def test_a_saved_form_is_what_the_module_made_of_it(self):
        with served(Form) as host:
            saved = forms.loads(host.call(exports.Product().save_product_data, '{"quota":7,"kept":1}'))
            self.assertEqual((saved["quota"], saved["kept"]), (14, 1))
            with self.assertRaises(Problem) as raised:
                host.call(exports.Product().save_product_data, '{"quota":"many"}')
            self.assertEqual(raised.exception.code, 422)

    def test_a_secret_says_only_whether_it_is_set(self):
        with served(Form) as host:
            for text, expected in (("true", "x True"), ("null", "x False")):
                form = f'{{"api_base":"x","api_key":{text}}}'
                self.assertEqual(host.call(exports.Settings().test_connection, form), expected)
                self.assertEqual(forms.loads(host.call(exports.Settings().save, form)), forms.loads(form))
